/**
What a site has of its own, on a real engine: a registry, Python projects on its disk, and disks that are full. One
engine is enough here; main-line.test.ts has each.
*/
import {execFileSync} from 'node:child_process';
import {
	mkdir, open, readdir, readFile, rm, stat, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {roomyFolder, selectEngine, type Engine} from '../../../src/engine/index.js';
import {keyOf, type Key} from '../../../src/plan/index.js';
import {createStore} from '../../../src/system/index.js';
import {run as runHost} from '../../_helpers/engines.js';
import {digestInRegistry, startBreakingWay, startRegistry} from '../../_helpers/local-registry.js';
import {needs} from '../../_helpers/needs.js';
import {startRecordingIndex} from '../../_helpers/recording-index.js';
import type {ProgramResult} from '../../_helpers/run-program.js';
import {
	eventsOf, keptCache, makeUserPlace, type UserPlace,
} from '../../_helpers/user-place.js';

const engineName = 'buildah';

/** What is to be done at the end, the last first. */
const endings: Array<() => unknown> = [];
const suite = {
	teardown(ending: () => unknown) {
		endings.push(ending);
	},
};

test.after.always(async () => {
	for (const ending of endings.toReversed()) {
		await ending();
	}
});

type World = {
	readonly engine: Engine;
	/** The base image from packages. */
	readonly base: string;
	/** A folder of a user, who lists no wheels of his own. */
	makePlace(): Promise<UserPlace>;
	/** Takes a name out of the engine in the end. */
	forget(reference: string): void;
};

let world: Promise<World> | undefined;

async function makeWorld(): Promise<World> {
	const engine = await selectEngine({preferred: engineName, run: runHost});
	const makePlace = async (): Promise<UserPlace> => {
		const place = await makeUserPlace(engineName);
		suite.teardown(async () => place.remove());
		await write(place, 'wheels/debian-trixie/stable-wheels.cfg', '# None beyond what the images ask for.\n');
		return place;
	};

	const made = await (await makePlace()).run(['base', '--json']);
	if (made.code !== 0) {
		throw new Error(made.err + made.out);
	}

	// It may have been there from an earlier run; the store then knows its name.
	const {steps} = eventsOf(made).find(({type}) => type === 'plan') as unknown as {readonly steps: ReadonlyArray<{readonly id: string; readonly key: Key}>};
	const {key} = steps.find(({id}) => id === 'base')!;
	const base = await createStore(keptCache).result(keyOf({key, boundTo: engine.imageStore})) as {readonly reference: string};
	return {
		engine,
		base: base.reference,
		makePlace,
		forget(reference) {
			suite.teardown(async () => engine.remove(reference));
		},
	};
}

/** Registers a test; all use what the first one has made. */
function onWorld(title: string, body: (t: ExecutionContext, world: World) => Promise<void>, needed: Parameters<typeof needs>[1] = {}): void {
	test.serial(title, async t => {
		t.timeout(900_000);
		if (!needs(t, {engine: engineName, program: ['mmdebstrap', 'python3'], root: true}) || !needs(t, needed)) {
			return;
		}

		world ??= makeWorld();
		await body(t, await world);
	});
}

async function write(place: UserPlace, name: string, text: string): Promise<string> {
	const file = path.join(place.folder, name);
	await mkdir(path.dirname(file), {recursive: true});
	await writeFile(file, text);
	return file;
}

const writeDirective = async (place: UserPlace, label: string, packages: string, more = ''): Promise<string> =>
	write(place, `${label}.stable_docker_image`, `BUILDER=loci\nLABEL=${label}\nPROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES="${packages}"\n${more}`);

/** The result of a step that a run with `--json` has done. */
const resultOf = (result: ProgramResult, id: string) => eventsOf(result).find(event => event.type === 'end' && event.id === id)!.result as Readonly<Record<string, unknown>>;

/** The ids of the steps that were done and not found done. */
const builtIn = (result: ProgramResult): readonly string[] => eventsOf(result).filter(({type, status}) => type === 'end' && status === 'built').map(({id}) => id as string);

let registry: Promise<{readonly host: string; readonly root: string; readonly digest: string}> | undefined;

/** A registry that has a root image. */
async function provideRegistry({engine, base, makePlace}: World) {
	registry ??= (async () => {
		const {folder} = await makePlace();
		const host = await startRegistry(suite, folder);
		const root = `${host}/site/debian-root:trixie`;
		await engine.tag(base, root);
		const digest = await engine.push(base, root);
		await engine.remove(root);
		return {host, root, digest};
	})();
	return registry;
}

onWorld('a base image from a registry', async (t, world) => {
	const {root, digest} = await provideRegistry(world);
	const place = await world.makePlace();
	world.forget(root);
	const made = await place.run(['base', '--from', root, '--json']);
	t.is(made.code, 0, made.err);
	t.like(resultOf(made, 'base:pull'), {reference: root, digest});
	const {reference, image} = resultOf(made, 'base') as {readonly reference: string; readonly image: string};
	world.forget(reference);
	t.is(await world.engine.find(reference), image);
	t.not(reference, world.base);

	const again = await place.run(['base', '--from', root, '--json']);
	t.deepEqual(builtIn(again), []);
}, 'docker-registry');

onWorld('an image is pushed as its record says, and one that cannot be pushed is recorded without', async (t, world) => {
	const {host, root} = await provideRegistry(world);
	const place = await world.makePlace();
	const directive = await writeDirective(place, 'stx-sent', 'netaddr');
	const command = ['images', '--from', root, '--directive', directive, '--push', '--latest'];
	const sent = await place.run([...command, '--version', '1', '--registry', host]);
	t.is(sent.code, 0, sent.err);
	const first = await place.record('stx-sent');
	for (const reference of first.tags) {
		world.forget(reference);
	}

	t.is(first.pushed.length, 2);
	for (const {reference, digest} of first.pushed) {
		t.true(reference.startsWith(`${host}/${place.user}/stx-sent:`), reference);
		t.is(await digestInRegistry(reference), digest);
	}

	// The registry goes when all layers are there, and the manifest is to follow.
	const way = await startBreakingWay(t, host, /^PUT \/v2\/.*\/manifests\//v);
	await writeDirective(place, 'stx-sent', 'netaddr', 'CUSTOMIZATION="echo again >/etc/again"\n');
	const broken = await place.run([...command, '--version', '2', '--registry', way]);
	t.is(broken.code, 1, broken.err);
	t.regex(broken.err, /STX0706/v);
	t.true(broken.err.includes(`hint: check that ${way} can be reached`), broken.err);
	const second = await place.record('stx-sent');
	for (const reference of second.tags) {
		world.forget(reference);
		t.is(await world.engine.find(reference), second.image);
		const inRegistry = await digestInRegistry(reference.startsWith(way) ? reference.replace(way, host) : `${host}/${reference}`);
		t.is(inRegistry, reference.endsWith('-latest') ? first.pushed[1]!.digest : undefined, reference);
	}

	t.not(second.image, first.image);
	t.deepEqual(second.pushed, []);
	const {stdout: lists} = await runHost({argv: ['sh', '-c', 'cat "$0"/*.lst', path.join(place.folder, 'workspace/std/build-images')]});
	t.false(lists.includes(way), lists);
	t.true(lists.includes(host), lists);
}, 'docker-registry');

onWorld('a Python project on disk is in the image, is asked of no index, and a change of it rebuilds what has it', async (t, world) => {
	const place = await world.makePlace();
	const {index, asked} = await startRecordingIndex(t);
	const name = 'stx-e2e-module';
	// What it says is of this run: the store has what earlier ones have built.
	const say = (word: string): string => `def main():\n    print("${word} of ${place.user}")\n`;
	const source = await write(place, 'module/stx_e2e_module.py', say('first'));
	await write(place, 'module/pyproject.toml', `[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n\n[project]\nname = "${name}"\nversion = "1.2.3"\ndependencies = ["netaddr"]\n\n[project.scripts]\nstx-e2e = "stx_e2e_module:main"\n\n[tool.setuptools]\npy-modules = ["stx_e2e_module"]\n`);
	await write(place, 'wheels/modules.ini', `[${name}]\npath = ../module\n`);
	const directive = await writeDirective(place, 'stx-own', name);
	const command = ['images', '--directive', directive, '--index', index, '--json'];
	const made = await place.run(command);
	t.is(made.code, 0, made.err);
	const first = await place.record('stx-own');
	for (const reference of first.tags) {
		world.forget(reference);
	}

	t.deepEqual(first.wheels.filter(wheel => wheel.name === name).map(({version, filename}) => [version, filename]), [['1.2.3', 'stx_e2e_module-1.2.3-py3-none-any.whl']]);
	t.true(first.verify.checks.some(({check, status}) => check.includes(name) && status === 'passed'), JSON.stringify(first.verify.checks));
	t.true(asked.has('netaddr'), [...asked].join(' '));
	t.deepEqual([...asked].filter(project => /stx.e2e/v.test(project)), []);
	t.is((await world.engine.run({image: first.image, argv: ['/var/lib/openstack/bin/stx-e2e'], network: 'none'})).stdout, `first of ${place.user}\n`);
	world.forget(first.image);

	await writeFile(source, say('second'));
	const changed = await place.run(command);
	t.is(changed.code, 0, changed.err);
	const second = await place.record('stx-own');
	t.is((await world.engine.run({image: second.image, argv: ['/var/lib/openstack/bin/stx-e2e'], network: 'none'})).stdout, `second of ${place.user}\n`);
	t.deepEqual(builtIn(changed), [`build:${name}-1.2.3`, 'wheels', 'image:stx-own', 'verify:stx-own', 'tag:stx-own', 'record:stx-own']);
	t.deepEqual([...asked].filter(project => /stx.e2e/v.test(project)), []);
	const others = (wheels: typeof first.wheels) => wheels.filter(wheel => wheel.name !== name);
	t.deepEqual(others(second.wheels), others(first.wheels));
});

/** What the last run has left behind: its temporary folders, mounts below a folder, containers. */
async function findLeftovers({pid}: ProgramResult, folder: string): Promise<readonly string[]> {
	const temporary = await Promise.all([tmpdir(), roomyFolder].map(async parent => (await readdir(parent)).filter(name => name.includes(`-${pid}-`))));
	const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').filter(line => line.includes(` ${folder}/`));
	return [...temporary.flat(), ...mounts, ...await findContainers(pid)];
}

/** The containers that a run has made: their names, or the files they were made with, have its process id. */
async function findContainers(pid: number | undefined): Promise<readonly string[]> {
	const {stdout} = await runHost({argv: ['buildah', 'containers', '--quiet', '--notruncate']});
	const made = await Promise.all(stdout.split('\n').filter(id => id !== '').map(async id => runHost({argv: ['buildah', 'inspect', '--type', 'container', '--format', '{{.Container}} {{.DefaultMountsFilePath}}', id]})));
	return made.map(each => each.stdout.trim()).filter(line => line.includes(`-${pid}-`));
}

/** The files below a folder, by their relative paths. */
async function filesBelow(folder: string): Promise<readonly string[]> {
	const entries = await readdir(folder, {recursive: true, withFileTypes: true});
	return entries.filter(entry => !entry.isDirectory()).map(entry => path.relative(folder, path.join(entry.parentPath, entry.name))).toSorted();
}

/** A disk of its own for a folder. */
async function mountDisk(t: ExecutionContext, folder: string, bytes: number): Promise<void> {
	await mkdir(folder, {recursive: true});
	execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${Math.floor(bytes)}`, 'tmpfs', folder]);
	t.teardown(() => {
		execFileSync('umount', [folder]);
	});
}

const resizeDisk = (folder: string, bytes: number): unknown => execFileSync('mount', ['-o', `remount,size=${Math.floor(bytes)}`, folder]);

onWorld('a full disk under the workspace: what is there is whole, the rest is not there, and with more room it goes on', async (t, world) => {
	const place = await world.makePlace();
	const directive = await writeDirective(place, 'stx-full', 'netaddr', `CUSTOMIZATION=": ${place.user}"\n`);
	const wheels = await place.run(['wheels', '--directive', directive]);
	t.is(wheels.code, 0, wheels.err);
	const {size} = await stat(place.tarball);
	const workspace = path.join(place.folder, 'workspace');
	await rm(workspace, {recursive: true});

	const command = ['images', '--directive', directive, '--base', world.base];
	const made = 'std/build-wheels-debian-trixie-stable';
	await mountDisk(t, workspace, size * 0.6);
	const [locked, packed] = [[`${made}/pylock.debian-trixie-stable.toml`], [`${made}/stx-debian-stable-wheels.json`, `${made}/stx-debian-stable-wheels.tar`]];
	// In the second there is room for the tarball or for what the image's build takes: the one that is later fails.
	for (const [room, expected] of [
		[size * 0.6, [locked]],
		[size * 1.5, [locked, [...locked, ...packed]]],
	] as const) {
		resizeDisk(workspace, room);
		const full = await place.run(command);
		t.is(full.code, 1, full.err);
		t.regex(full.err, /error STX0905 .*: the disk is full\n/v);
		t.regex(full.err, /hint: free some room, or name another place with --workspace/v);
		t.notRegex(full.err, /this is a bug/v);
		const files = await filesBelow(workspace);
		t.true(expected.some(list => isDeepStrictEqual(files, list)), files.join(' '));
		t.deepEqual(await findLeftovers(full, workspace), []);
		t.false((await place.images()).includes(`${place.user}/stx-full`));
	}

	resizeDisk(workspace, size * 4);
	const again = await place.run(command);
	t.is(again.code, 0, again.err);
	t.is((await stat(place.tarball)).size, size);
	const {tags} = await place.record('stx-full');
	for (const reference of tags) {
		world.forget(reference);
	}
}, {mount: true});

onWorld('a full disk under the store', async (t, world) => {
	const place = await world.makePlace();
	const directive = await writeDirective(place, 'stx-full', 'netaddr');
	const cache = path.join(place.folder, 'cache');
	await mountDisk(t, cache, 1024 ** 2);
	const full = await place.run(['images', '--directive', directive, '--base', world.base], {environment: {STX_BUILD_CACHE: '', XDG_CACHE_HOME: cache}});
	t.is(full.code, 1, full.err);
	t.regex(full.err, /error STX0905 .*: the disk is full\n/v);
	t.true(full.err.includes(cache), full.err);
	t.regex(full.err, /hint: free some room, or name another place with .*--cache-dir/v);
	t.deepEqual((await filesBelow(cache)).filter(name => !/^stx-build\/pypi\/(?:pages\/|partial\/.*\.part$)/v.test(name)), [], 'pages, and what a download can go on with');
	t.deepEqual(await findLeftovers(full, cache), []);
}, {mount: true});

onWorld('a flipped byte in a stored wheel is found before it is used', async (t, world) => {
	const place = await world.makePlace();
	// A store of its own: others use the kept one meanwhile.
	const cache = path.join(place.folder, 'cache');
	const run = async (directive: string) => place.run(['images', '--directive', directive, '--base', world.base], {environment: {STX_BUILD_CACHE: cache}});
	const first = await run(await writeDirective(place, 'stx-whole', 'netaddr'));
	t.is(first.code, 0, first.err);
	const {tags, wheels} = await place.record('stx-whole');
	const wheel = wheels.find(({name}) => name === 'netaddr')!;
	const hex = wheel.digest.slice('sha256:'.length);
	const stored = path.join(cache, (await filesBelow(cache)).find(name => name.replaceAll('/', '').endsWith(hex))!);
	const handle = await open(stored, 'r+');
	const {buffer} = await handle.read(new Uint8Array(1), 0, 1, 1000);
	await handle.write(new Uint8Array([255 - buffer[0]!]), 0, 1, 1000);
	await handle.close();

	const directive = await writeDirective(place, 'stx-flipped', 'netaddr', `CUSTOMIZATION=": ${place.user}"\n`);
	const result = await run(directive);
	t.is(result.code, 1, result.err);
	t.regex(result.err, /STX0906/v);
	t.true(result.err.includes(wheel.digest), result.err);
	t.false((await place.images()).includes(`${place.user}/stx-flipped`));

	const again = await run(directive);
	t.is(again.code, 0, `the next run fetches it anew\n${again.err}`);
	for (const reference of [...tags, ...(await place.record('stx-flipped')).tags]) {
		world.forget(reference);
	}
});
