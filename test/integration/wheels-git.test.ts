/** Locks with projects of git repositories and wheels of this machine, from real repositories and the real uv. */
import {
	mkdir, readFile, rm, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type {Lock} from '../../src/wheels/index.js';
import {wheelOf, type WheelParts} from '../_helpers/archives.js';
import {failureOf} from '../_helpers/failure.js';
import {makeGitWorld} from '../_helpers/git-world.js';
import {needs} from '../_helpers/needs.js';
import {makeWheelWorld} from '../_helpers/wheel-world.js';

const uc = 'debian-trixie/requirements/upper-constraints.txt';
const list = 'debian-trixie/stable-wheels.cfg';
const wheel = async (name: string, version: string, requires: readonly string[] = [], more: Partial<WheelParts> = {}) => wheelOf({
	name, version, requires, ...more,
});
const tools = async () => ({setuptools: [await wheel('setuptools', '80.0')], wheel: [await wheel('wheel', '0.45')], pbr: [await wheel('pbr', '7.0')]});
const pins = (lock: Lock): readonly string[] => lock.packages.map(({name, version, source}) => `${name} ${version} ${source.kind}`);
const program = ['git', 'python3'];

test('a git module counts only where it is needed, and its name is never looked up', async t => {
	const world = await makeWheelWorld(t, {
		...await tools(),
		a: [await wheel('a', '1')],
		'api-proxy': [await wheel('api-proxy', '99')],
		'api-client': [await wheel('api-client', '99')],
		unneeded: [await wheel('unneeded', '99')],
		behind: [await wheel('behind', '1', ['api-proxy'])],
		prettytable: [await wheel('prettytable', '0.7.2'), await wheel('prettytable', '3.17.0')],
	}, {[uc]: 'prettytable===3.17.0\n'});
	if (!world || !needs(t, {program})) {
		return;
	}

	const repositories = await makeGitWorld(t);
	const {url, commit} = await repositories.repository('nfv', {
		'proxy/api/setup.py': 'import setuptools\nsetuptools.setup(name=\'api_proxy\', version=\'1.0.0\', install_requires=[\'api-client\'])\n', 'other/file': 'x',
	});
	await world.write('modules.ini', [
		`[api-proxy]\ngit = ${url}\ncommit = ${commit}\nsubfolder = proxy/api`,
		`[api-client]\ngit = https://git.invalid/client\ncommit = ${'a'.repeat(40)}\nversion = 2\nrequires = a, prettytable < 1\nbuild-requires = setuptools, pbr\noverrides = prettytable == 0.7.2`,
		`[unneeded]\ngit = https://git.invalid/unneeded\ncommit = ${'b'.repeat(40)}\n`,
	].join('\n'));
	t.deepEqual(pins(await world.lock({'stx-other': ['a', 'prettytable']})), ['a 1 wheel', 'prettytable 3.17.0 wheel'], 'no host is asked for what nobody needs');

	// The module that does not say all of itself is read when it turns out to be needed, also by way of others.
	const lock = await world.lock({'stx-nova-api-proxy': ['api_proxy', 'behind']});
	t.deepEqual(pins(lock), ['a 1 wheel', 'api-client 2 git', 'api-proxy 1.0.0 git', 'behind 1 wheel', 'prettytable 0.7.2 wheel']);
	t.deepEqual(lock.packages.find(({name}) => name === 'api-proxy')!.source, {
		kind: 'git', url, commit, subfolder: 'proxy/api',
	});
	t.deepEqual(lock.builds.map(({name, requires}) => [name as string, requires]), [['api-client', ['pbr', 'setuptools']], ['api-proxy', ['setuptools', 'wheel']]]);
	t.true((await readFile(world.lockFile, 'utf8')).includes(`vcs = {type = "git", url = "${url}", commit-id = "${commit}", subdirectory = "proxy/api"}`));
	await rm(path.join(repositories.folder, 'nfv'), {recursive: true});
	t.deepEqual(await world.lock({'stx-nova-api-proxy': ['api_proxy', 'behind']}, {frozen: true}), lock);

	const unreachable = await failureOf(async () => world.lock({'stx-unneeded': ['unneeded']}));
	t.is(unreachable.code, 'STX0911');
	t.regex(unreachable.message, /^module `unneeded`: `https:\/\/git\.invalid\/unneeded` cannot be fetched from/);
	t.deepEqual(unreachable.at[0], {file: path.join(world.folder, 'wheels/modules.ini'), line: 12});
	t.regex(unreachable.hint!, /insteadOf/);
	t.deepEqual(world.server.requests.map(({path: asked}) => asked).filter(asked => /api|unneeded/.test(asked)), []);
});

test('a git line is pinned to a commit; a tag that moves is an error, a branch may', async t => {
	const world = await makeWheelWorld(t, {...await tools(), a: [await wheel('a', '1')], b: [await wheel('b', '1')]});
	if (!world || !needs(t, {program})) {
		return;
	}

	const repositories = await makeGitWorld(t);
	const files = {'setup.py': 'from setuptools import setup\nsetup(name=\'lz4\', use_scm_version=True, install_requires=[\'a\'])\n'};
	const tagged = await repositories.repository('python-lz4', files);
	repositories.run('python-lz4', 'tag', 'v4.4.5');
	const branched = await repositories.repository('one', {'sub/setup.py': 'from setuptools import setup\nsetup(name=\'one\', version=\'1.0\')\n'});
	const lines = `lz4-4.4.5-cp313-cp313-linux_x86_64.whl|git|${tagged.url}|python-lz4|v4.4.5\none-1.0-py3-none-any.whl|git|${branched.url}|one/sub|main\n`;
	await world.write(list, lines);
	const lock = await world.lock({});
	t.deepEqual(pins(lock), ['a 1 wheel', 'lz4 4.4.5 git', 'one 1.0 git']);
	t.deepEqual(lock.packages.slice(1).map(({source}) => source), [
		{
			kind: 'git', url: tagged.url, commit: tagged.commit, ref: 'v4.4.5', subfolder: '',
		},
		{
			kind: 'git', url: branched.url, commit: branched.commit, ref: 'main', subfolder: 'sub',
		},
	]);

	await repositories.write('python-lz4/new', 'x');
	const moved = repositories.commit('python-lz4');
	repositories.run('python-lz4', 'tag', '--force', 'v4.4.5');
	await repositories.write('one/new', 'x');
	const later = repositories.commit('one');
	t.deepEqual(await world.lock({}), lock, 'a fresh lock asks nobody');
	const error = await failureOf(async () => world.lock({more: ['b']}));
	t.is(error.code, 'STX0430');
	t.is(error.message, `the tag \`v4.4.5\` of lz4 was commit ${tagged.commit} when it was locked, and is ${moved} now`);
	t.deepEqual(error.at, [{file: path.join(world.folder, 'wheels', list), line: 1}, {url: tagged.url}]);
	const commits = ({packages}: Lock) => packages.flatMap(({source}) => source.kind === 'git' ? [source.commit] : []);
	t.deepEqual(commits(await world.lock({more: ['b']}, {upgrade: true})), [moved, later]);

	// What nobody can be asked of stays as it is locked.
	await repositories.write('one/newer', 'x');
	repositories.commit('one');
	await rm(path.join(repositories.folder, 'python-lz4'), {recursive: true});
	t.deepEqual(commits(await world.lock({more: ['b'], again: ['a']})), [moved, later]);
	t.true(world.notes.some(note => note.startsWith('lz4: whether `v4.4.5`')));
});

test('a git line of another version, without project, or without such a branch', async t => {
	const world = await makeWheelWorld(t, {...await tools()});
	if (!world || !needs(t, {program})) {
		return;
	}

	const repositories = await makeGitWorld(t);
	const {url} = await repositories.repository('one', {'setup.py': 'from setuptools import setup\nsetup(name=\'one\', version=\'1.0\')\n', 'sub/x': 'x'});
	const fail = async (line: string) => {
		await world.write(list, line);
		return failureOf(async () => world.lock({}));
	};

	t.is((await fail(`one-2.0-py3-none-any.whl|git|${url}|one|main\n`)).code, 'STX0401');
	t.is((await fail(`one-1.0-py3-none-any.whl|git|${url}|one/sub|main\n`)).code, 'STX0406');
	t.is((await fail(`one-1.0-py3-none-any.whl|git|${url}|one/gone|main\n`)).code, 'STX0912');
	t.is((await fail(`one-1.0-py3-none-any.whl|git|${url}|one|v1\n`)).code, 'STX0912');
});

test('wheels of this machine are in the lock, needed or not, and their names are never looked up', async t => {
	const world = await makeWheelWorld(t, {
		a: [await wheel('a', '1')], sysinv: [await wheel('sysinv', '99')], tool: [await wheel('tool', '99')],
	});
	if (!world || !needs(t, {program})) {
		return;
	}

	const extra = path.join(world.folder, 'extra');
	await mkdir(extra);
	const files = [await wheel('sysinv', '1.0', ['a']), await wheel('tool', '2', ['not-to-be-had<1'])];
	for (const {filename, content} of files) {
		await writeFile(path.join(extra, filename), content);
	}

	const lock = await world.lock({'stx-platform': ['sysinv']}, {extra: [extra]});
	t.deepEqual(pins(lock), ['a 1 wheel', 'sysinv 1.0 local', 'tool 2 local']);
	t.deepEqual(lock.packages[1]!.source, {
		kind: 'local', filename: files[0]!.filename, path: path.join(extra, files[0]!.filename), sha256: files[0]!.sha256, size: files[0]!.content.length,
	});
	t.deepEqual(lock.roots['local-wheels'], ['sysinv', 'tool']);
	t.deepEqual(lock.unclosed as readonly string[], ['tool'], 'what nobody asks for is there as it is');
	t.deepEqual(await world.lock({'stx-platform': ['sysinv']}, {extra: [extra], frozen: true}), lock);
	const changed = await wheel('tool', '2', []);
	await writeFile(path.join(extra, changed.filename), changed.content);
	t.is((await failureOf(async () => world.lock({'stx-platform': ['sysinv']}, {extra: [extra], frozen: true}))).code, 'STX0407');
	t.deepEqual(world.server.requests.map(({path: asked}) => asked).filter(asked => /sysinv|tool|not-to/.test(asked)), []);
});
