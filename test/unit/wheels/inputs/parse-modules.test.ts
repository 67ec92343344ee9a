import test from 'ava';
import fc from 'fast-check';
import type {BuildError} from '../../../../src/errors.js';
import {parseBuilderPackages, parseNames, parseToolchain} from '../../../../src/wheels/inputs/parse-lists.js';
import {parseBuildSettings} from '../../../../src/wheels/inputs/parse-build-settings.js';
import {parseModules} from '../../../../src/wheels/inputs/parse-modules.js';
import {splitRequirements} from '../../../../src/wheels/inputs/parse-section.js';
import {parseTargetIni} from '../../../../src/wheels/inputs/parse-target-ini.js';
import {problemsOf, thrownBy} from '../../../_helpers/failure.js';

const told = (error: BuildError) => problemsOf(error).map(({code, message, at}) => [code, message, (at[0] as {line?: number} | undefined)?.line]);

test('local modules', t => {
	t.deepEqual(parseModules([
		'[nova-api-proxy]',
		'path = ../nova-api-proxy/nova-api-proxy',
		'[Fm.Core]',
		'path = $MY_REPO/../fault/fm-api',
		'version = 1.0.5',
		'requires = oslo.config >= 6, < 7, webob[test,extra]; python_version < "4"',
	].join('\n'), 'modules.ini').folders as unknown, [
		{
			name: 'nova-api-proxy', path: '../nova-api-proxy/nova-api-proxy', at: {file: 'modules.ini', line: 1}, pathAt: {file: 'modules.ini', line: 2},
		},
		{
			name: 'fm-core',
			path: '$MY_REPO/../fault/fm-api',
			version: '1.0.5',
			requires: ['oslo.config >= 6,< 7', 'webob[test,extra]; python_version < "4"'],
			at: {file: 'modules.ini', line: 3},
			pathAt: {file: 'modules.ini', line: 4},
		},
	]);
});

test('a line that cannot be read does not hide what is wrong with the others', t => {
	const text = '[a]\npath\nx = 1\n[b]\npth = a\n';
	t.deepEqual(told(thrownBy(() => parseModules(text, 'modules.ini'))).map(([code, , line]) => [code, line]), [['STX0101', 2], ['STX0406', 3], ['STX0406', 4], ['STX0406', 5]]);
	t.deepEqual(told(thrownBy(() => parseTargetIni('[target]\npython\nglibc = 2\n', 'target.ini'))).map(([code, , line]) => [code, line]), [['STX0101', 2], ['STX0406', 3]]);
	t.deepEqual(told(thrownBy(() => parseBuildSettings('[a]\nreason\nfrom = x\n', 'build-settings.ini'))).map(([code, , line]) => [code, line]), [['STX0101', 2], ['STX0406', 3]]);
});

test('all that is wrong with local modules', t => {
	const error = thrownBy(() => parseModules([
		'stray = 1',
		'[a b]',
		'path = a',
		'[one]',
		'paht = x',
		'[two]',
		'path = two',
		'version = one',
		'[Two]',
		'path = other',
	].join('\n'), 'modules.ini'));
	t.deepEqual(told(error), [
		['STX0406', '`stray` stands before the first section', 1],
		['STX0406', '[a b] is not the name of a distribution', 2],
		['STX0406', 'module [one] has neither `path` nor `git`', 4],
		['STX0406', '`paht` is not a key of [one]', 5],
		['STX0406', '`one` is not a version', 8],
		['STX0406', 'module `two` is listed twice', 6],
	]);
});

const commit = '1fa7c309c6c8f5d9513b29b98268f87cbf3455ff';

test('modules at commits of git repositories', t => {
	const {folders, git} = parseModules([
		'[api_proxy]',
		'git = https://opendev.org/starlingx/nfv',
		`commit = ${commit}`,
		'subfolder = ./nova-api-proxy/nova-api-proxy/',
		'[cgtsclient]',
		'git = git@host:starlingx/config.git',
		`commit = ${'a'.repeat(64)}`,
		'version = 1.0.0',
		'requires =',
		'build-requires = setuptools, pbr >= 0.5',
		'overrides = prettytable == 0.7.2',
	].join('\n'), 'modules.ini');
	t.deepEqual(folders, []);
	t.deepEqual(git as unknown, [
		{
			name: 'api-proxy', url: 'https://opendev.org/starlingx/nfv', commit, subfolder: 'nova-api-proxy/nova-api-proxy', overrides: [], at: {file: 'modules.ini', line: 1},
		},
		{
			name: 'cgtsclient',
			url: 'ssh://git@host/starlingx/config.git',
			commit: 'a'.repeat(64),
			subfolder: '',
			version: '1.0.0',
			requires: [],
			buildRequires: ['setuptools', 'pbr >= 0.5'],
			overrides: ['prettytable == 0.7.2'],
			at: {file: 'modules.ini', line: 5},
		},
	]);
});

test('all that is wrong with modules of git repositories', t => {
	const error = thrownBy(() => parseModules([
		'[one]',
		'git = https://opendev.org/starlingx/nfv',
		'commit = v1.0',
		'[two]',
		'git = ext::sh -c id',
		`commit = ${commit}`,
		'subfolder = ../x',
		'[three]',
		'git = https://user:secret@host/x',
		'[four]',
		'path = x',
		`commit = ${commit}`,
		'overrides = a == 1',
		'[five]',
		'path = x',
		'git = https://host/x',
		`commit = ${commit}`,
	].join('\n'), 'modules.ini'));
	t.deepEqual(told(error), [
		['STX0406', '`v1.0` is not the whole id of a commit', 3],
		['STX0406', '`ext::sh -c id` is not the URL of a git repository', 5],
		['STX0406', '`../x` leaves the repository', 7],
		['STX0406', '`https://***@host/x` has a user name or a password', 9],
		['STX0406', 'module [three] has no `commit`', 8],
		['STX0406', '`commit` goes with `git`, which [four] does not have', 12],
		['STX0406', '[four] has `overrides`, which only a module with `git` can have', 13],
		['STX0406', '[five] has both `path` and `git`', 16],
	]);
	t.regex(problemsOf(error)[0]!.hint!, /git ls-remote https:\/\/opendev.org\/starlingx\/nfv v1\.0/);
	t.false(JSON.stringify(problemsOf(error)).includes('secret'));
});

test('build settings', t => {
	t.deepEqual([...parseBuildSettings([
		'[uWSGI]',
		'env[] = UWSGI_PROFILE_OVERRIDE=ssl=true',
		'env[] = CPUCOUNT=2',
		'build-requires = pbr >= 2.0, cython',
		'unconstrained = setuptools Cython',
		'from = sdist',
		'reason = it is so',
	].join('\n'), 'build-settings.ini')] as unknown, [['uwsgi', {
		name: 'uwsgi',
		buildRequires: ['pbr >= 2.0', 'cython'],
		requires: [],
		unconstrained: ['setuptools', 'cython'],
		env: {UWSGI_PROFILE_OVERRIDE: 'ssl=true', CPUCOUNT: '2'},
		from: 'sdist',
		reason: 'it is so',
		at: {file: 'build-settings.ini', line: 1},
	}]]);
	const error = thrownBy(() => parseBuildSettings('[a]\nenv[] = 1=2\nfrom = git\nother = x\n', 'build-settings.ini'));
	t.deepEqual(told(error), [
		['STX0406', '`1=2` is not a `NAME=value` variable', 2],
		['STX0406', '`from` is `git`, and can be `sdist` or `wheel`', 3],
		['STX0406', '`other` is not a key of [a]', 4],
		['STX0406', '[a] has no `reason`', 1],
	]);
});

test('the target', t => {
	t.deepEqual(parseTargetIni('[target]\npython = 3.13\nglibc = 2.41\n', 'target.ini'), {python: '3.13', glibc: '2.41'});
	t.deepEqual(told(thrownBy(() => parseTargetIni('[target]\npython = three\n', 'target.ini'))), [
		['STX0406', '`python` is `three`, not a version of two numbers', 2],
		['STX0406', '[target] has no `glibc`', 1],
	]);
});

test('the toolchain', t => {
	const hex = 'ab'.repeat(32);
	t.deepEqual(parseToolchain(`# tools\nuv==0.13.8 \\\n    --hash=sha256:${hex} \\\n    --hash=sha256:${'cd'.repeat(32)}\n\nPip==26.3 --hash=sha256:${hex} # that one\n`, 'toolchain.txt') as unknown, [
		{
			name: 'uv', version: '0.13.8', sha256: [hex, 'cd'.repeat(32)], at: {file: 'toolchain.txt', line: 2},
		},
		{
			name: 'pip', version: '26.3', sha256: [hex], at: {file: 'toolchain.txt', line: 6},
		},
	]);
	const error = thrownBy(() => parseToolchain(`uv\npip==26.3\nwheel>=1 --hash=sha256:${hex}\nuv==1 --hash=md5:aa\nsetuptools==80 --hash=sha256:${hex}\nsetuptools==81 --hash=sha256:${hex}\nx==1 \\`, 'toolchain.txt'));
	t.deepEqual(problemsOf(error).map(({at}) => (at[0] as {line: number}).line), [1, 2, 3, 4, 5, 7]);
});

test('the builder\'s packages and the names of local modules', t => {
	t.deepEqual(parseBuilderPackages('# compilers\ngcc g++\nlibc6-dev=2.41-12\ngcc\n', 'builder-packages'), ['g++', 'gcc', 'libc6-dev=2.41-12']);
	t.deepEqual(told(thrownBy(() => parseBuilderPackages('gcc\n--allow-unauthenticated\n', 'builder-packages'))), [['STX0406', '`--allow-unauthenticated` is not the name of a Debian package', 2]]);
	t.deepEqual([...parseNames('# ours\nFM_core\n\nsysinv # the inventory\n', 'only-local.txt')] as string[], ['fm-core', 'sysinv']);
	t.throws(() => parseNames('a b\n', 'only-local.txt'), {code: 'STX0201'});
});

test('requirements between commas', t => {
	const name = fc.constantFrom('a', 'oslo.config', 'PyYAML');
	const extras = fc.constantFrom('', '[x]', '[x,y]');
	const specifier = fc.constantFrom('', '>=1', '>=1,<2', ' >= 1, != 1.5, < 2', '(>=1,<2)');
	const marker = fc.constantFrom('', '; python_version < "4"');
	const requirement = fc.tuple(name, extras, specifier, marker).map(parts => parts.join(''));
	fc.assert(fc.property(fc.array(requirement, {maxLength: 4}), requirements => {
		t.deepEqual(splitRequirements(requirements.join(', ')).map(text => text.replaceAll(' ', '')), requirements.map(text => text.replaceAll(' ', '')));
	}));
});

test('a target that wheels cannot be made for is told with its line', t => {
	const error = thrownBy(() => parseTargetIni('[target]\npython = 2.7\nglibc = 1.0\n', 'target.ini'));
	t.deepEqual(told(error).map(([code, , line]) => [code, line]), [['STX0210', 2], ['STX0210', 3]]);
	t.true(problemsOf(error).every(({hint}) => hint !== undefined));
});
