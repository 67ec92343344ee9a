import test from 'ava';
import fc from 'fast-check';
import {BuildError} from '../../../src/errors.js';
import {
	constraintFor, constraintsFor, createTarget, normalizeName, parseConstraints, parseGlobalRequirements, rewriteConstraints,
} from '../../../src/python/index.js';
import {anyName} from '../../_helpers/python-arbitraries.js';

const target = createTarget({python: '3.13.5', glibc: '2.41', arch: 'amd64'});
const old = createTarget({python: '3.9', glibc: '2.31', arch: 'amd64'});
const file = 'upper-constraints.txt';
const parse = (...lines: readonly string[]) => parseConstraints(lines.map(line => `${line}\n`).join(''), file);

test('every form of a constraint', t => {
	const {entries, lines} = parse(
		'# a comment',
		'',
		'  oslo.config===9.7.1',
		'PyYAML === 6.0.2  # MIT',
		'voluptuous===0.13.1;python_version==\'3.9\'',
		'voluptuous===0.15.2:python_version>=\'3.10\'',
		'tooz[redis, etcd3]===6.3.0',
		'ldap3==0.9.8.7',
		'setuptools<81,>=70',
		'git+https://opendev.org/x/tap@stable/2025.2#egg=tap-as-a-service',
		'-e file:///src/nova#subdirectory=a&egg=nova[test] ; sys_platform == "linux"  # local',
		'wheel @ https://example.com/w-1.0-py3-none-any.whl ; python_version > "3"',
	);
	t.is(lines.length, 12);
	t.deepEqual(entries.map(({line, name, extras, specifier, operator, version, url, editable, markerText}) => [line, name, extras.join(' '), specifier, operator, version, url, editable, markerText]), [
		[3, 'oslo.config', '', '===9.7.1', '===', '9.7.1', undefined, false, undefined],
		[4, 'PyYAML', '', '===6.0.2', '===', '6.0.2', undefined, false, undefined],
		[5, 'voluptuous', '', '===0.13.1', '===', '0.13.1', undefined, false, 'python_version==\'3.9\''],
		[6, 'voluptuous', '', '===0.15.2', '===', '0.15.2', undefined, false, 'python_version>=\'3.10\''],
		[7, 'tooz', 'redis etcd3', '===6.3.0', '===', '6.3.0', undefined, false, undefined],
		[8, 'ldap3', '', '==0.9.8.7', '==', '0.9.8.7', undefined, false, undefined],
		[9, 'setuptools', '', '<81,>=70', undefined, undefined, undefined, false, undefined],
		[10, 'tap-as-a-service', '', '', undefined, undefined, 'git+https://opendev.org/x/tap@stable/2025.2#egg=tap-as-a-service', false, undefined],
		[11, 'nova', 'test', '', undefined, undefined, 'file:///src/nova#subdirectory=a&egg=nova[test]', true, 'sys_platform == "linux"'],
		[12, 'wheel', '', '', undefined, undefined, 'https://example.com/w-1.0-py3-none-any.whl', false, 'python_version > "3"'],
	]);
	t.is(entries[1]?.normalized, normalizeName('pyyaml'));
});

test('all that is wrong with a file is told at once, with its lines', t => {
	const error = t.throws(() => parse(
		'fine===1.0',
		'middle===1.0;python_version>=\'3.9\',<=3.10',
		'alone',
		'git+https://user:secret@example.com/x',
		'-f https://example.com/wheels',
		'-r other.txt',
		'bad name===1.0',
		'-x-===1.0',
		'a==1.0.x',
		'a===',
		'b===1.0 2.0',
		'https://example.com/a b#egg=a',
		'https://example.com/a#egg=-a',
	), {instanceOf: BuildError, code: 'STX0002'});
	t.deepEqual(error?.problems.map(({code, at}) => [code, ...at]), [
		['STX0205', 2], ['STX0208', 3], ['STX0208', 4], ['STX0208', 5], ['STX0208', 6], ['STX0204', 7], ['STX0208', 8], ['STX0204', 9], ['STX0208', 10], ['STX0204', 11], ['STX0208', 12], ['STX0201', 13],
	].map(([code, line]) => [code, {file, line}]));
	t.false(error?.problems.some(({message}) => message.includes('secret')));
	t.is(error?.exitCode, 2);
});

test('of lines under disjoint markers the one that holds is taken', t => {
	const constraints = parse('Networkx===3.2.1;python_version==\'3.9\'', 'networkX===3.5;python_version>=\'3.10\'', 'pywin32===1;sys_platform==\'win32\'');
	t.is(constraintFor(constraints, normalizeName('NetworkX'), target)?.line, 2);
	t.is(constraintFor(constraints, normalizeName('networkx'), old)?.line, 1);
	t.is(constraintFor(constraints, normalizeName('pywin32'), target), undefined);
	t.is(constraintFor(constraints, normalizeName('absent'), target), undefined);
	t.deepEqual([...constraintsFor(constraints, target)].map(([name, {version}]) => `${name} ${version}`), ['networkx 3.5']);
});

test('several constraints that hold are an error that names all of them', t => {
	const constraints = parse('a===1', 'b===1', 'A===2;python_version>"3"', 'c===2.10.', 'b===1');
	const error = t.throws(() => constraintFor(constraints, normalizeName('a'), target), {instanceOf: BuildError, code: 'STX0209'});
	t.is(error?.message, '2 constraints of `a` hold for Python 3.13 on x86_64: `===1` and `===2`');
	t.deepEqual(error?.at, [{file, line: 1}, {file, line: 3}]);
	const all = t.throws(() => constraintsFor(constraints, target), {instanceOf: BuildError});
	t.deepEqual(all?.problems.map(({code}) => code), ['STX0209', 'STX0209', 'STX0202']);
});

const pins = (...texts: readonly string[]) => new Map(texts.map(text => {
	const [name, version] = text.split('===') as [string, string];
	return [normalizeName(name), {name, version}];
}));
const rewrite = (lines: readonly string[], built: ReturnType<typeof pins>, leaveOut: readonly string[] = [], on = target) =>
	rewriteConstraints(parse(...lines), built, {leaveOut: new Set(leaveOut.map(name => normalizeName(name))), target: on}).split('\n').slice(0, -1);

test('W40: a rewritten file keeps its order, its comments and its markers', t => {
	t.deepEqual(rewrite([
		'# warning',
		'oslo.config===1',
		'osloXconfig===1',
		'pyyaml===5  # MIT',
		'nova===1',
		'voluptuous===0.13.0;python_version==\'3.9\'',
		'voluptuous===0.14.0;python_version>=\'3.10\'  # two',
		'Same===1.0 ; python_version > "3"',
		'pint===0.1:python_version>"3"',
		'other===0.1:python_version>"3"',
		'git+https://example.com/tap#egg=tap  # from git',
		'-e file:///tmp/x#egg=x_y ; sys_platform=="linux"',
		'tooz[redis]===1',
		'never===1;sys_platform=="win32"',
		'# end',
	], pins('oslo.config===2', 'PyYAML===6.0', 'Nova===2', 'voluptuous===0.15.2', 'same===1.0', 'Pint===0.2', 'tap===3.0', 'x-y===4', 'tooz===2', 'never===2', 'Zuul===1', 'added===1.0.post1'), ['NOVA']), [
		'# warning',
		'oslo.config===2',
		'osloXconfig===1',
		'PyYAML===6.0  # MIT',
		'voluptuous===0.13.0;python_version==\'3.9\'',
		'voluptuous===0.15.2;python_version>=\'3.10\'  # two',
		'Same===1.0 ; python_version > "3"',
		'Pint===0.2;python_version>"3"',
		'other===0.1;python_version>"3"',
		'tap===3.0  # from git',
		'x-y===4;sys_platform=="linux"',
		'tooz[redis]===2',
		'never===1;sys_platform=="win32"',
		'# end',
		'added===1.0.post1',
		'never===2',
		'Zuul===1',
	]);
});

test('an equal version under another spelling is written anew, since `===` compares text', t => {
	t.deepEqual(rewrite(['a===1.0', 'b===1.0RC1', 'c==1.0'], pins('a===1.0.0', 'b===1.0rc1', 'c===1.0')), ['a===1.0.0', 'b===1.0RC1', 'c===1.0']);
});

test('of lines that hold on the target several cannot be rewritten', t => {
	t.throws(() => rewrite(['a===1', 'A===2'], pins('a===3')), {instanceOf: BuildError, code: 'STX0209'});
	t.deepEqual(rewrite(['a===1;python_version<"3.10"', 'A===2;python_version>="3.10"'], pins('a===3'), [], old), ['a===3;python_version<"3.10"', 'A===2;python_version>="3.10"']);
});

test('rewriting gives what was built, once, and again the same', t => {
	const version = fc.constantFrom('1.0', '2.0rc1', '3', '1.0.0');
	const pin = fc.tuple(anyName, version).map(parts => parts.join('==='));
	const distinct = fc.uniqueArray(pin, {selector: text => normalizeName(text.split('===')[0]!)});
	fc.assert(fc.property(distinct, distinct, (lines, built) => {
		const once = rewrite(lines, pins(...built));
		const constraints = constraintsFor(parse(...once), target);
		for (const [name, {version: wanted}] of pins(...built)) {
			t.is(constraints.get(name)?.version, wanted);
		}

		t.is(constraints.size, new Set([...pins(...lines).keys(), ...pins(...built).keys()]).size);
		t.deepEqual(rewrite(once, pins(...built)), once);
	}));
});

test('a file is given back as it was when nothing was built', t => {
	const text = '# head\r\nb===1 # x\r\n\r\na===2';
	t.is(rewriteConstraints(parseConstraints(text, file), new Map(), {leaveOut: new Set(), target}), '# head\nb===1 # x\n\na===2\n');
	t.is(rewriteConstraints(parseConstraints('', file), pins('a===1'), {leaveOut: new Set(), target}), 'a===1\n');
});

test('six hundred constraints are read and evaluated in milliseconds', t => {
	const text = Array.from({length: 600}, (_, index) => `package.${index}===1.${index}.0${index % 10 === 0 ? ';python_version>=\'3.10\'' : ''}\n`).join('');
	const times = Array.from({length: 20}, () => {
		const start = performance.now();
		constraintsFor(parseConstraints(text, file), target);
		return performance.now() - start;
	});
	const best = Math.min(...times);
	t.log(`${best.toFixed(1)} ms`);
	t.true(best < 50);
});

test('global requirements have sections and licences', t => {
	const {entries} = parseGlobalRequirements('### prose\n## section:general\n\nalembic!=1.2.0,!=1.6.3  # MIT\n# why\nboto3<1.36\n## section:openstack-general\nwmi;sys_platform==\'win32\'  # MIT # x\n', 'global-requirements.txt');
	t.deepEqual(entries.map(({line, name, specifier, section, licence, marker}) => [line, name, specifier, section, licence, marker !== undefined]), [
		[4, 'alembic', '!=1.2.0,!=1.6.3', 'general', 'MIT', false],
		[6, 'boto3', '<1.36', 'general', undefined, false],
		[8, 'wmi', '', 'openstack-general', 'MIT # x', true],
	]);
});

test('all that is wrong with global requirements is told at once', t => {
	const error = t.throws(() => parseGlobalRequirements('a>=2010h  # X\nfine\nsushy!=1.9.0<3.0.0\n', 'gr.txt'), {instanceOf: BuildError});
	t.deepEqual(error?.problems.map(({code, at}) => [code, ...at]), [['STX0204', {file: 'gr.txt', line: 1}], ['STX0204', {file: 'gr.txt', line: 3}]]);
});
