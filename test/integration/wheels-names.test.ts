/** Names that are ours are asked of nobody: an index that offers them is never asked for them. */
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {normalizeName} from '../../src/python/index.js';
import type {Lock} from '../../src/wheels/index.js';
import {sdistOf, wheelOf} from '../_helpers/archives.js';
import {failureOf} from '../_helpers/failure.js';
import {needs} from '../_helpers/needs.js';
import {makeWheelWorld, type WheelWorld} from '../_helpers/wheel-world.js';

const ours = ['our-proxy', 'our-core', 'sysinv', 'our-config'] as const;

/** An index that has all of our names, in versions that would win, and a few others. */
async function makeWorld(t: ExecutionContext): Promise<WheelWorld | undefined> {
	if (!needs(t, 'python3')) {
		return undefined;
	}

	const bait = await Promise.all(ours.map(async name => [name, [await wheelOf({name, version: '99'}), sdistOf({name, version: '98'})]] as const));
	return makeWheelWorld(t, {
		...Object.fromEntries(bait),
		setuptools: [await wheelOf({name: 'setuptools', version: '80.0'})],
		wheel: [await wheelOf({name: 'wheel', version: '0.45'})],
		a: [await wheelOf({name: 'a', version: '1'})],
		plugin: [await wheelOf({name: 'plugin', version: '1', requires: ['OUR_core>=1', 'our-config; extra == "all"']})],
		'source-only': [sdistOf({
			name: 'source-only', version: '1', requires: ['our.core'], files: {'pyproject.toml': '[build-system]\nrequires = ["setuptools", "wheel", "Our-Core"]\n'},
		})],
		needy: [await wheelOf({name: 'needy', version: '1', requires: ['sysinv']})],
	}, {
		'only-local.txt': `${ours.join('\n')}\n`,
		'modules.ini': '[our-proxy]\npath = ../modules/our-proxy\n[our-core]\npath = ../modules/our-core\n[our-config]\npath = ../modules/our-config\n',
		'debian-trixie/requirements/upper-constraints.txt': 'a===1\n',
	});
}

async function writeModule(world: WheelWorld, name: string, requires: readonly string[] = [], buildRequires: readonly string[] = []): Promise<void> {
	const folder = path.join(world.folder, 'modules', name);
	await mkdir(folder, {recursive: true});
	await writeFile(path.join(folder, 'setup.py'), `import setuptools\nsetuptools.setup(name='${name}', version='1.0', install_requires=${JSON.stringify(requires)})\n`);
	await writeFile(path.join(folder, 'pyproject.toml'), `[build-system]\nrequires = ${JSON.stringify(['setuptools', 'wheel', ...buildRequires])}\nbuild-backend = "setuptools.build_meta"\n`);
}

/** Names of ours that the index was asked for, in whatever spelling. */
const askedFor = ({server}: WheelWorld): readonly string[] => server.requests.map(({path: asked}) => asked.split('/').find(part => /^[\w.\-]+$/v.test(part) && (ours as readonly string[]).includes(normalizeName(part.split('-1')[0]!)))).filter(name => name !== undefined);

const sourcesOf = (lock: Lock) => Object.fromEntries([...lock.packages, ...lock.buildPackages].filter(({name}) => (ours as readonly string[]).includes(name)).map(({name, version, source}) => [name, `${version} ${source.kind}`]));

test('neither for images, nor for other modules, nor for what the index\'s own distributions and their builds need', async t => {
	const world = await makeWorld(t);
	if (!world) {
		return;
	}

	await writeModule(world, 'our-proxy', ['our_core', 'a'], ['our-config']);
	await writeModule(world, 'our-core');
	await writeModule(world, 'our-config', ['a']);
	const lock = await world.lock({'stx-proxy': ['Our_Proxy', 'plugin[all]'], 'stx-source': ['source-only']});
	t.deepEqual(sourcesOf(lock), {'our-config': '1.0 directory', 'our-core': '1.0 directory', 'our-proxy': '1.0 directory'});
	t.deepEqual(askedFor(world), []);
	// It would have been seen.
	await world.pypi.packument('Our_Proxy');
	t.deepEqual(askedFor(world), ['our-proxy']);
});

test('nor when the module is absent, whoever needs it', async t => {
	const world = await makeWorld(t);
	if (!world) {
		return;
	}

	await world.write('modules.ini', '');
	for (const requirement of ['sysinv', 'SYSINV>=1', 'needy', 'source-only']) {
		const error = await failureOf(async () => world.lock({'stx-platform': [requirement]}));
		t.is(error.code, 'STX0409', `${requirement}: ${error.message}`);
	}

	t.deepEqual(askedFor(world), []);
});
