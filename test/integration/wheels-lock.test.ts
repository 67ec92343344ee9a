import {spawnSync} from 'node:child_process';
import type {ServerResponse} from 'node:http';
import {
	access, mkdir, readdir, readFile, rm, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import type {Lock} from '../../src/wheels/index.js';
import {sdistOf, wheelOf, type WheelParts} from '../_helpers/archives.js';
import {failureOf} from '../_helpers/failure.js';
import {needs} from '../_helpers/needs.js';
import {makeWheelWorld} from '../_helpers/wheel-world.js';

const uc = 'debian-trixie/requirements/upper-constraints.txt';
const list = 'debian-trixie/stable-wheels.cfg';
const wheel = async (name: string, version: string, requires: readonly string[] = [], more: Partial<WheelParts> = {}) => wheelOf({
	name, version, requires, ...more,
});
const pins = (lock: Lock): readonly string[] => lock.packages.map(({name, version, source}) => `${name} ${version} ${source.kind}`);
const tools = async () => ({setuptools: [await wheel('setuptools', '80.0')], wheel: [await wheel('wheel', '0.45')]});
const exists = async (file: string): Promise<boolean> => access(file).then(() => true, () => false);

test('what has wheels is locked by the constraints, with hashes, edges and roots', async t => {
	const binary = async (tag: string) => wheelOf({name: 'greenlet', version: '3.1', tag});
	const greenlets = await Promise.all(['cp313-cp313-manylinux_2_17_x86_64', 'cp313-cp313-manylinux_2_41_x86_64', 'cp312-cp312-manylinux_2_17_x86_64', 'cp313-cp313-manylinux_2_17_aarch64'].map(async tag => binary(tag)));
	const world = await makeWheelWorld(t, {
		keystone: [await wheel('keystone', '30.0.0', ['oslo.policy>=4', 'pywin32; sys_platform == "win32"'])],
		'oslo-policy': [await wheel('oslo.policy', '5.0.0', ['greenlet']), await wheel('oslo.policy', '6.0.0')],
		greenlet: greenlets,
	}, {[uc]: 'oslo.policy===5.0.0\ngreenlet===3.1;python_version>=\'3.12\'\ngreenlet===2.0;python_version<\'3.12\'\n'});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	const lock = await world.lock({'stx-keystone': ['keystone==30.0.0']});
	t.deepEqual(pins(lock), ['greenlet 3.1 wheel', 'keystone 30.0.0 wheel', 'oslo-policy 5.0.0 wheel']);
	t.deepEqual(lock.packages.map(({dependencies}) => dependencies) as unknown, [[], ['oslo-policy'], ['greenlet']]);
	const [greenlet] = lock.packages;
	// As pip chooses in the target, whatever platforms uv knows.
	t.deepEqual(greenlet!.source, {
		kind: 'wheel',
		file: {
			filename: greenlets[1]!.filename, url: world.server.fileUrl(greenlets[1]!.filename), sha256: greenlets[1]!.sha256, size: greenlets[1]!.content.length,
		},
	});
	t.deepEqual(lock.roots, {modules: [], 'stx-keystone': ['keystone==30.0.0'], 'wheel-list': []});
	t.deepEqual(lock.builds, []);
});

test('a fresh lock asks nobody, a stale one is made anew, and with frozen refused', async t => {
	const world = await makeWheelWorld(t, {
		a: [await wheel('a', '1'), await wheel('a', '2')], b: [await wheel('b', '1', ['c'])], c: [await wheel('c', '1'), await wheel('c', '2')],
	}, {[uc]: 'a===1\n'});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	const missing = await failureOf(async () => world.lock({one: ['a']}, {frozen: true}));
	t.is(missing.code, 'STX0407');
	await world.lock({one: ['a'], two: ['b']});
	const text = await readFile(world.lockFile, 'utf8');
	const asked = world.server.requests.length;
	t.deepEqual(pins(await world.lock({one: ['a']}, {frozen: true})), ['a 1 wheel', 'b 1 wheel', 'c 2 wheel']);
	t.is(world.server.requests.length, asked);

	await world.write(uc, 'a===2\n');
	const stale = await failureOf(async () => world.lock({one: ['a']}, {frozen: true}));
	t.is(stale.code, 'STX0407');
	t.is(stale.exitCode, 2);
	t.is(await readFile(world.lockFile, 'utf8'), text);
	t.deepEqual(pins(await world.lock({one: ['a']})), ['a 2 wheel']);

	const changed = await failureOf(async () => world.lock({one: ['a', 'b']}, {frozen: true}));
	t.regex(changed.message, /since these are not as they were: what `one` needs$/);
});

test('a run for one image keeps what is locked for others, and versions stay while nothing speaks against them', async t => {
	const world = await makeWheelWorld(t, {a: [await wheel('a', '1')], b: [await wheel('b', '1', ['c'])], c: [await wheel('c', '1'), await wheel('c', '2')]});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	await world.lock({old: ['c==1'], two: ['b']});
	t.deepEqual(pins(await world.lock({one: ['a'], old: ['c']})), ['a 1 wheel', 'b 1 wheel', 'c 1 wheel']);
	t.deepEqual(Object.keys((await world.lock({three: ['c>=1']})).roots), ['modules', 'old', 'one', 'three', 'two', 'wheel-list']);
	t.deepEqual(pins(await world.lock({three: ['c>1']})), ['a 1 wheel', 'b 1 wheel', 'c 2 wheel']);
	t.deepEqual(pins(await world.lock({old: ['c<2'], three: ['c']}, {upgrade: true})), ['c 1 wheel']);
});

test('what was locked for others gives way to what is wanted now', async t => {
	const world = await makeWheelWorld(t, {c: [await wheel('c', '1'), await wheel('c', '2')]});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	await world.lock({one: ['c==1']});
	const lock = await world.lock({two: ['c==2']});
	t.deepEqual(pins(lock), ['c 2 wheel']);
	t.deepEqual(Object.keys(lock.roots), ['modules', 'two', 'wheel-list']);
});

test('a hostile sdist is read and never run', async t => {
	if (!needs(t, 'python3')) {
		return;
	}

	const marker = path.join('/tmp', `stx-build-hostile-${process.pid}`);
	const attack = `open(${JSON.stringify(marker)}, 'w').write('ran')\n`;
	const files = {
		'setup.py': `${attack}from setuptools import setup\nsetup(name='hostile', version='1.0', setup_requires=['helper'])\n`,
		'pyproject.toml': '[build-system]\nrequires = ["setuptools", "wheel"]\nbuild-backend = "backend"\nbackend-path = ["."]\n',
		'backend.py': attack,
	};
	const hostile = sdistOf({
		name: 'hostile', version: '1.0', requires: ['quiet'], files,
	});
	const world = await makeWheelWorld(t, {
		...await tools(), hostile: [hostile], victim: [await wheel('victim', '1', ['hostile>=1'])], helper: [await wheel('helper', '1')], quiet: [await wheel('quiet', '1')],
	});
	if (!world) {
		return;
	}

	// The attack works where the project is run.
	const folder = path.join(world.folder, 'run');
	await mkdir(folder);
	await writeFile(path.join(folder, 'setup.py'), attack);
	spawnSync('python3', ['setup.py'], {cwd: folder});
	t.true(await exists(marker));
	await rm(marker);

	const lock = await world.lock({'stx-victim': ['victim']});
	t.false(await exists(marker));
	t.deepEqual(pins(lock), ['hostile 1.0 sdist', 'quiet 1 wheel', 'victim 1 wheel']);
	t.deepEqual(lock.builds as unknown, [{
		name: 'hostile', version: '1.0', requires: ['helper', 'setuptools', 'wheel'], environment: [{name: 'helper', version: '1'}, {name: 'setuptools', version: '80.0'}, {name: 'wheel', version: '0.45'}],
	}]);
	t.deepEqual(lock.buildPackages.map(({name}) => name) as string[], ['helper', 'setuptools', 'wheel']);
	t.deepEqual(await readdir(path.join(world.cache, 'tmp')), []);
});

test('several distributions without usable wheels, one behind the other, and a version that the range asks for', async t => {
	const sdist = (name: string, version: string, ...requires: readonly string[]) => sdistOf({name, version, requires});
	const world = await makeWheelWorld(t, {
		...await tools(),
		a: [sdist('a', '1.0', 'b<2'), sdist('a', '2.0rc1')],
		b: [sdist('b', '1.0'), sdist('b', '1.5', 'c'), sdist('b', '2.0', 'zzz')],
		c: [await wheel('c', '1', [], {tag: 'cp39-cp39-manylinux_2_17_x86_64'}), sdist('c', '1'), sdist('c', '0.9')],
	}, {[uc]: 'c===1\n'});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	t.deepEqual(pins(await world.lock({one: ['a']})), ['a 1.0 sdist', 'b 1.5 sdist', 'c 1 sdist']);
	t.true(world.notes.filter(note => note.includes('reading its sdist')).length >= 3);
	for (const name of ['a', 'b', 'c']) {
		t.is(world.server.requests.filter(({path}) => path === `/simple/${name}/`).length, 1, `the page of ${name} is asked for once`);
	}

	t.deepEqual([...new Set(world.server.requests.map(({headers}) => headers['user-agent']))], ['stx-build-test'], 'uv asks nobody itself');
});

test('for the sake of what has no wheel, old releases of a root are not gone through; they are where no recent one will do', async t => {
	const services = async (requires: string, majors: readonly number[]) => Promise.all(majors.map(async major => wheel('service', `${major}.0`, [requires])));
	const world = await makeWheelWorld(t, {
		service: [...await services('source-only', [20, 19, 18, 17, 16, 15, 14]), ...await services('source-only<2', [13])], 'source-only': [sdistOf({name: 'source-only', version: '1.0', requires: []})], ...await tools(),
	}, {[uc]: '# none\n'});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	t.deepEqual(pins(await world.lock({'stx-service': ['service']})), ['service 20.0 wheel', 'source-only 1.0 sdist']);
	const asked = (version: string): boolean => world.server.requests.some(({path}) => path.includes(`service-${version}-`));
	t.true(asked('20.0'));
	t.false(asked('14.0'));

	const older = await makeWheelWorld(t, {
		service: [...await services('shared>=2', [20, 19, 18, 17, 16]), ...await services('shared<2', [15])], shared: [await wheel('shared', '1.0'), await wheel('shared', '2.0')],
	}, {[uc]: 'shared===1.0\n'});
	t.deepEqual(pins(await older!.lock({'stx-service': ['service']})), ['service 15.0 wheel', 'shared 1.0 wheel']);
});

test('the wheel list decides over constraints and index', async t => {
	const sdist = sdistOf({name: 'listed', version: '1.0', requires: ['a']});
	const other = await wheel('other', '2.0', ['a']);
	const world = await makeWheelWorld(t, {
		...await tools(), a: [await wheel('a', '1')], listed: [await wheel('listed', '3.0'), sdist, {...sdist, filename: 'v1.1.tar.gz'}], other: [other, await wheel('other', '5.0')],
	}, {[uc]: 'listed===3.0\nother===5.0\n'});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	await world.write(list, `listed-1.0-py3-none-any.whl|tar|${world.server.fileUrl(sdist.filename)}|listed-1.0\nother-2.0-py3-none-any.whl|pypi|${world.server.fileUrl(other.filename)}\n`);
	const lock = await world.lock({one: ['listed', 'other>=1']});
	t.deepEqual(pins(lock), ['a 1 wheel', 'listed 1.0 sdist', 'other 2.0 wheel']);
	t.deepEqual(lock.packages[1]!.source, {
		kind: 'sdist', file: {
			filename: sdist.filename, url: world.server.fileUrl(sdist.filename), sha256: sdist.sha256, size: sdist.content.length,
		}, basedir: 'listed-1.0',
	});
	t.deepEqual(lock.packages.map(({dependencies}) => dependencies) as unknown, [[], ['a'], ['a']]);

	await world.write(list, `listed-1.1-py3-none-any.whl|tar|${world.server.fileUrl(sdist.filename)}|listed-1.0\n`);
	const wrongUrl = await failureOf(async () => world.lock({}));
	t.is(wrongUrl.message, 'the line is for `listed-1.1-py3-none-any.whl`, its URL for `listed-1.0.tar.gz`');
	await world.write(list, `listed-1.1-py3-none-any.whl|tar|${world.server.fileUrl('v1.1.tar.gz')}|listed-1.0\n`);
	const wrongVersion = await failureOf(async () => world.lock({}));
	t.regex(wrongVersion.message, /the line is for listed 1\.1, its sdist is of version 1\.0/);
});

test('a local module\'s name is never looked up, and neither is that of an absent one', async t => {
	const world = await makeWheelWorld(t, {
		...await tools(),
		a: [await wheel('a', '1')],
		'api-proxy': [await wheel('api-proxy', '99')],
		sysinv: [await wheel('sysinv', '99')],
		needy: [await wheel('needy', '1', ['sysinv'])],
	}, {'only-local.txt': 'api_proxy\nsysinv\n', 'modules.ini': '[api-proxy]\npath = ../modules/api-proxy\n'});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	const folder = path.join(world.folder, 'modules', 'api-proxy');
	await mkdir(folder, {recursive: true});
	await writeFile(path.join(folder, 'setup.py'), 'import setuptools\nsetuptools.setup(name=\'api-proxy\', version=\'1.0\', install_requires=[\'a\'])\n');
	const lock = await world.lock({'stx-nova-api-proxy': ['api_proxy']});
	t.deepEqual(pins(lock), ['a 1 wheel', 'api-proxy 1.0 directory']);

	const root = await failureOf(async () => world.lock({'stx-platform': ['sysinv']}));
	t.is(root.code, 'STX0409');
	t.is(root.message, '`stx-platform` needs `sysinv`, which only a local module can give, and that module is not listed');
	t.is(root.exitCode, 2);
	const behind = await failureOf(async () => world.lock({'stx-needy': ['needy']}));
	t.is(behind.code, 'STX0409');
	t.regex(behind.message, /needs `sysinv`/);
	t.deepEqual(world.server.requests.map(({path: asked}) => asked).filter(asked => /sysinv|api[_-]proxy/.test(asked)), []);
});

test('a conflict with a constraint names both, and where they stand', async t => {
	const world = await makeWheelWorld(t, {
		keystone: [await wheel('keystone', '30.0.0', ['oslo.policy>=4'])], 'oslo-policy': [await wheel('oslo.policy', '3.0'), await wheel('oslo.policy', '5.0')],
	}, {[uc]: '# head\noslo.policy===3.0\n'});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	const error = await failureOf(async () => world.lock({'stx-keystone': ['keystone==30.0.0']}));
	t.is(error.code, 'STX0411');
	t.is(error.exitCode, 2);
	t.regex(error.message, /oslo-policy>=4 and oslo-policy==3\.0/);
	t.deepEqual(error.at, [{file: 'stx-keystone.ini', line: 2}, {file: path.join(world.folder, 'wheels', uc), line: 2}]);
	t.false(await exists(world.lockFile));
	t.deepEqual(await readdir(path.join(world.cache, 'tmp')), []);
});

test('from source: the named ones, all, and those that cannot', async t => {
	const projects = {
		...await tools(), a: [await wheel('a', '1', ['b']), sdistOf({name: 'a', version: '1'})], b: [await wheel('b', '1'), sdistOf({name: 'b', version: '1'})],
	};
	const world = await makeWheelWorld(t, projects);
	if (!world || !needs(t, 'python3')) {
		return;
	}

	t.deepEqual(pins(await world.lock({one: ['a']}, {fromSource: ['A']})), ['a 1 sdist', 'b 1 wheel']);
	t.deepEqual(pins(await world.lock({one: ['a']}, {fromSource: 'all'})), ['a 1 sdist', 'b 1 sdist']);
	const typo = await failureOf(async () => world.lock({one: ['a']}, {fromSource: ['typo']}));
	t.is(typo.code, 'STX0415');
	const unlisted = await failureOf(async () => world.lock({one: ['a']}, {fromIndex: ['typo']}));
	t.is(unlisted.code, 'STX0415');
	t.regex(unlisted.message, /`typo` is to be taken from the index/v);
	await world.write('build-settings.ini', '[b]\nfrom = wheel\nreason = a test\n');
	t.deepEqual(pins(await world.lock({one: ['a']}, {fromSource: 'all'})), ['a 1 sdist', 'b 1 wheel']);
	projects.a.pop();
	const other = await makeWheelWorld(t, projects);
	const noSdist = await failureOf(async () => other!.lock({one: ['a']}, {fromSource: ['a']}));
	t.regex(noSdist.message, /the index has no sdist of `a` 1/);
});

test('builds that need each other, and build requirements that cannot be had', async t => {
	const pyproject = (requires: string) => `[build-system]\nrequires = ["${requires}"]\n`;
	const world = await makeWheelWorld(t, {
		...await tools(),
		a: [sdistOf({name: 'a', version: '1', files: {'pyproject.toml': pyproject('b')}})],
		b: [sdistOf({name: 'b', version: '1', files: {'pyproject.toml': pyproject('a')}})],
		c: [sdistOf({name: 'c', version: '1', files: {'pyproject.toml': pyproject('setuptools<70')}})],
		d: [sdistOf({name: 'd', version: '1', files: {'pyproject.toml': pyproject('helper @ https://example.org/helper-1-py3-none-any.whl')}})],
	});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	const cycle = await failureOf(async () => world.lock({one: ['a']}));
	t.regex(cycle.message, /builds need each other: a==1 -> b==1 -> a==1/);
	const error = await failureOf(async () => world.lock({one: ['c']}));
	t.is(error.code, 'STX0411');
	t.regex(error.message, /^what the build of `c` 1 needs cannot be had/);
	t.regex(error.hint!, /unconstrained/);
	const address = await failureOf(async () => world.lock({one: ['d']}));
	t.is(address.message, 'what the build of `d` 1 needs cannot be had: `build of d` wants `helper` from an address');
});

test('uv chooses versions as it would at the index itself', async t => {
	const sdist = (name: string, version: string, requires: readonly string[] = []) => sdistOf({name, version, requires});
	const world = await makeWheelWorld(t, {
		...await tools(),
		// The newest release has only an sdist: pip takes it all the same, and so no older one of who needs it.
		service: [await wheel('service', '20.0', ['source>=2']), await wheel('service', '13.0', ['source<2'])],
		source: [await wheel('source', '1.0'), sdist('source', '2.0')],
		'early-bird': [await wheel('early.bird', '1.0'), await wheel('early.bird', '2.0rc1')],
		withdrawn: [await wheel('withdrawn', '1.0'), {...await wheel('withdrawn', '2.0'), yanked: 'bad'}],
		pinned: [{...sdist('pinned', '1.0'), yanked: 'bad'}, sdist('pinned', '2.0')],
		newer: [await wheel('newer', '1.0'), {...sdist('newer', '2.0'), requiresPython: '>=3.14'}],
		spelled: [await wheel('spelled', '1.0.0'), await wheel('spelled', '1!0.5')],
		local: [await wheel('local', '1.0+stx.1')],
		extra: [sdistOf({
			name: 'extra', version: '1', requires: ['spelled==1!0.5; extra == "more"'], files: {'PKG-INFO': 'Metadata-Version: 2.1\nName: extra\nVersion: 1\nProvides-Extra: more\nRequires-Dist: spelled==1!0.5; extra == "more"\n'},
		})],
	}, {[uc]: 'pinned===1.0\nlocal===1.0+stx.1\n'});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	t.deepEqual(pins(await world.lock({one: ['service', 'early-bird', 'withdrawn', 'pinned', 'newer', 'local', 'extra[more]']})), [
		'early-bird 1.0 wheel', 'extra 1 sdist', 'local 1.0+stx.1 wheel', 'newer 1.0 wheel', 'pinned 1.0 sdist', 'service 20.0 wheel', 'source 2.0 sdist', 'spelled 1!0.5 wheel', 'withdrawn 1.0 wheel',
	]);
	t.deepEqual(pins(await world.lock({one: ['early-bird>=2.0rc1', 'spelled==1.0']}, {upgrade: true})), ['early-bird 2.0rc1 wheel', 'spelled 1.0.0 wheel']);
});

test('what nothing pins is taken with a wheel, where nothing else changes by that', async t => {
	const sdist = (name: string, version: string, requires: readonly string[] = []) => sdistOf({name, version, requires});
	const world = await makeWheelWorld(t, {
		...await tools(),
		// The newest release on the index is there only to say that it cannot be installed.
		ldap: [await wheel('ldap', '1.0', ['helper']), await wheel('ldap', '3.0rc1'), sdist('ldap', '2.0')],
		helper: [await wheel('helper', '1')],
		service: [await wheel('service', '20.0', ['source>=2']), await wheel('service', '13.0', ['source<2'])],
		source: [await wheel('source', '1.0'), sdist('source', '2.0')],
		pinned: [await wheel('pinned', '1.0'), sdist('pinned', '2.0')],
		early: [await wheel('early', '3.0rc1'), sdist('early', '2.0')],
	}, {[uc]: 'pinned===2.0\n'});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	t.deepEqual(pins(await world.lock({one: ['ldap', 'service', 'pinned', 'early']})), ['early 2.0 sdist', 'helper 1 wheel', 'ldap 1.0 wheel', 'pinned 2.0 sdist', 'service 20.0 wheel', 'source 2.0 sdist']);
	t.deepEqual(pins(await world.lock({one: ['ldap>=2', 'service', 'pinned', 'early']}, {upgrade: true})), ['early 2.0 sdist', 'ldap 2.0 sdist', 'pinned 2.0 sdist', 'service 20.0 wheel', 'source 2.0 sdist']);
});

test('a module that wants something from an address is refused before uv fetches that', async t => {
	const world = await makeWheelWorld(t, {...await tools()}, {'modules.ini': '[mine]\npath = ../modules/mine\n'});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	const folder = path.join(world.folder, 'modules', 'mine');
	await mkdir(folder, {recursive: true});
	await writeFile(path.join(folder, 'setup.py'), `import setuptools\nsetuptools.setup(name='mine', version='1.0', install_requires=['helper @ ${world.server.fileUrl('helper-1-py3-none-any.whl')}'])\n`);
	const error = await failureOf(async () => world.lock({one: ['mine']}));
	t.is(error.code, 'STX0411');
	t.is(error.message, '`mine` wants `helper` from an address');
	t.deepEqual(world.server.requestsFor('helper-1-py3-none-any.whl'), []);
});

test('what goes wrong at the index is told as it is, and leaves nothing behind', async t => {
	const world = await makeWheelWorld(t, {a: [await wheel('a', '1', ['b'])], b: [await wheel('b', '1')]});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	world.server.next('/simple/b/', ...Array.from({length: 4}, () => (_request: unknown, response: ServerResponse) => {
		response.writeHead(503).end();
	}));
	const error = await failureOf(async () => world.lock({one: ['a']}));
	t.is(error.code, 'STX0909');
	t.regex(error.message, /503/);
	t.deepEqual(await readdir(path.join(world.cache, 'tmp')), []);
});

test('an index that cannot be reached, and a project that is not there', async t => {
	const world = await makeWheelWorld(t, {a: [await wheel('a', '1')]});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	const missing = await failureOf(async () => world.lock({one: ['missing']}));
	t.regex(missing.hint!, /the index has no `missing`/);
	await world.server.close();
	const error = await failureOf(async () => world.lock({one: ['a']}));
	t.is(error.code, 'STX0908');
	t.is(error.exitCode, 1);
	t.regex((error.at[0] as {url: string}).url, /simple\/a\/$/);
});

test('a pinned tool whose file is another is refused', async t => {
	const world = await makeWheelWorld(t, {pip: [await wheel('pip', '26.3')]});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	const uv = await readFile(path.join(world.folder, 'wheels/toolchain.txt'), 'utf8');
	await world.write('toolchain.txt', `${uv}pip==26.3 --hash=sha256:${'0'.repeat(64)}\n`);
	const error = await failureOf(async () => world.lock({one: ['pip']}));
	t.is(error.code, 'STX0414');
	t.regex(error.message, /is not one of those pinned/);
});

test('a uv that is no longer pinned is not run, though it is there', async t => {
	const world = await makeWheelWorld(t, {a: [await wheel('a', '1')]});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	const [folder] = await readdir(path.join(world.cache, 'uv')) as [string];
	const taken = (await readdir(path.join(world.cache, 'uv', folder))).find(name => name.startsWith('sha256-'))!.slice('sha256-'.length);
	const pin = await readFile(path.join(world.folder, 'wheels/toolchain.txt'), 'utf8');
	await world.lock({one: ['a']});
	t.true(pin.includes(taken));
	await world.write('toolchain.txt', pin.replace(taken, '0'.repeat(64)));
	const error = await failureOf(async () => world.lock({one: ['a']}, {upgrade: true}));
	t.is(error.code, 'STX0301');
	t.regex(error.message, /`uv`/v);
});
