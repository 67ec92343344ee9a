/**
Tests of engines on real engines: each is registered once for every engine, with a small image of programs of this
machine, under a name of its own, so that tests and other users of the engine do not meet.

	const testEngines = engineTests(test);

	testEngines('runs a command', async (t, {engine, image}) => { … });
*/
import {createHash} from 'node:crypto';
import {
	mkdir, readdir, readFile, writeFile,
} from 'node:fs/promises';
import {arch} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext, TestFn} from 'ava';
import {writeProbeRoot} from '../../src/engine/probe-root.js';
import {
	engineNames, formatLocalReference, selectEngine, type Engine, type EngineName, type ImageId,
} from '../../src/engine/index.js';
import {createRunner, withTemporaryFolder, type Runner} from '../../src/system/index.js';
import {needs} from './needs.js';

export type EngineTest = {
	readonly engine: Engine;
	readonly run: Runner;
	/** bash, cat, sleep, id, env. */
	readonly image: ImageId;
	/** A name of `image` that no other test uses. */
	readonly reference: string;
	/** A folder of the test's own. */
	readonly folder: string;
	/** Gives an image a name that is taken away after the test, and the image with it. */
	keep(image: ImageId): Promise<string>;
};

/** One engine for each kind of storage. */
export const storageEngines = ['docker', 'buildah'] as const;

export {engineNames} from '../../src/engine/index.js';

/** Debian's name of this machine's architecture. */
export const hostArch = arch() === 'x64' ? 'amd64' : arch();

export const run = createRunner(process.env);

const chosen = new Map<EngineName, Promise<Engine>>();

/** An engine, tried once for all tests of a file. */
export async function provideEngine(name: EngineName): Promise<Engine> {
	const engine = chosen.get(name) ?? selectEngine({preferred: name, run});
	chosen.set(name, engine);
	return engine;
}

/**
Gives a function that registers a test once for each engine. A machine without the engine says so, see needs.ts.

@param names `storageEngines` where what is tested is not the engine's own: Podman has images, storage and pushes of Buildah.
*/
export const engineTests = (test: TestFn, names: readonly EngineName[] = engineNames) => (title: string, body: (t: ExecutionContext, engineTest: EngineTest) => Promise<void>): void => {
	for (const name of names) {
		test(`${name}: ${title}`, async t => {
			if (!needs(t, {engine: name}) || (name !== 'docker' && !needs(t, {root: true}))) {
				return;
			}

			const engine = await provideEngine(name);
			await withTemporaryFolder('engine-test', async folder => {
				const kept: string[] = [];
				const keep = async (image: ImageId): Promise<string> => {
					const reference = formatLocalReference(`test-${createHash('sha256').update(`${folder}${title}${kept.length}`).digest('hex').slice(0, 12)}`, image);
					await engine.tag(image, reference);
					kept.push(reference);
					return reference;
				};

				try {
					const image = await importMarked(engine, folder);
					const reference = await keep(image);
					await body(t, {
						engine, run, image, reference, folder, keep,
					});
				} finally {
					for (const reference of kept.toReversed()) {
						await engine.remove(reference);
					}
				}
			});
		});
	}
};

/** An image whose id is not that of any other test's: it holds the name of the folder. */
async function importMarked(engine: Engine, folder: string): Promise<ImageId> {
	return engine.importRoot({file: await writeProbeRoot(folder, run, folder), arch: hostArch});
}

/** Files in a folder below, from their relative paths. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
	for (const [name, content] of Object.entries(files)) {
		const file = path.join(folder, name);
		await mkdir(path.dirname(file), {recursive: true});
		await writeFile(file, content);
	}

	return folder;
}

/** Process ids of living processes that have a word in their command line. */
export async function processesWith(word: string): Promise<readonly string[]> {
	const found: string[] = [];
	for (const id of await readdir('/proc')) {
		if (/^\d+$/v.test(id) && id !== String(process.pid)) {
			const line = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
			if (line.split('\0').includes(word)) {
				found.push(id);
			}
		}
	}

	return found;
}

/** A number that is another one for each engine, for a process that is looked for by its command line. */
export const numberFor = ({name}: Engine, base: number): string => String(base + engineNames.indexOf(name));

/** Containers of an engine that were made of an image. */
export async function containersOf(engine: Engine, image: ImageId): Promise<readonly string[]> {
	const hex = image.replace('sha256:', '');
	if (engine.name === 'docker') {
		const {stdout} = await run({argv: [engine.facts.program ?? 'docker', 'ps', '--all', '--quiet', '--filter', `ancestor=${hex}`]});
		return stdout.split('\n').filter(line => line !== '');
	}

	const argv = engine.name === 'podman'
		? ['podman', 'ps', '--all', '--external', '--no-trunc', '--format', '{{.ID}} {{.ImageID}}'] as const
		: ['buildah', 'containers', '--notruncate', '--format', '{{.ContainerID}} {{.ImageID}}'] as const;
	// Both fail when a container of somebody else is removed meanwhile.
	let listed = await run({argv: [...argv]});
	for (let tries = 1; listed.exitCode !== 0 && tries < 20; tries++) {
		listed = await run({argv: [...argv]});
	}

	return listed.stdout.split('\n').filter(line => line.endsWith(` ${hex}`)).map(line => line.split(' ', 1)[0]!);
}

/** Waits until a condition holds. */
export async function until(condition: () => Promise<boolean>, seconds = 30): Promise<void> {
	const end = Date.now() + (seconds * 1000);
	while (!await condition()) {
		if (Date.now() > end) {
			throw new Error(`still not so after ${seconds} s`);
		}

		await new Promise(resolve => {
			setTimeout(resolve, 50);
		});
	}
}
