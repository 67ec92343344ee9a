/** The tarball as an image: into a registry of this machine by real engines, and what is made of a registry that misbehaves. */
import {
	mkdir, readdir, readFile, stat, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {createRetryingEngine, type Engine} from '../../src/engine/index.js';
import type {Step, StepContext} from '../../src/plan/index.js';
import type {Published, Registry} from '../../src/registry/index.js';
import {
	createRetryPolicy, digestOfFile, runChecked, withTemporaryFolder,
} from '../../src/system/index.js';
import {planPush, recordFile} from '../../src/wheels/index.js';
import type {PushResult} from '../../src/wheels/tarball/plan-push.js';
import {createPushHandler} from '../../src/wheels/tarball/push-handler.js';
import {wheelOf} from '../_helpers/archives.js';
import {
	engineTests, hostArch, run, storageEngines,
} from '../_helpers/engines.js';
import {failureOf} from '../_helpers/failure.js';
import {createFakeEngine} from '../_helpers/fake-engine.js';
import {createFakeRegistry, manifestDigest} from '../_helpers/fake-registry.js';
import {digestInRegistry, startRegistry} from '../_helpers/local-registry.js';
import {needs} from '../_helpers/needs.js';
import {registryClient} from '../_helpers/registry-client.js';
import {writeTarball} from '../_helpers/served-tarball.js';

type Push = {readonly file: string; readonly step: Step; push(engine: Engine, registry?: Registry): Promise<PushResult>; pushed(): Promise<ReadonlyArray<Pick<Published, 'reference' | 'digest'>>>};

/** A tarball with its record, and the step that pushes it. Tests of one engine that run at once take other names: equal tarballs are one image. */
async function preparePush(folder: string, registry: string, {latest = true, clean = false, overwrite = false, version = '1.0', name = 'demo'} = {}): Promise<Push> {
	await mkdir(folder, {recursive: true});
	const file = path.join(folder, 'stx-debian-stable-wheels.tar');
	await writeTarball(file, [{name, version: '1'}, {name: 'helper', version: '2'}]);
	await writeFile(recordFile(file), '{"tarball": "stx-debian-stable-wheels.tar"}\n');
	const step = planPush({
		tarball: {id: 'wheels', key: 'sha256:0' as never},
		file,
		settings: {
			os: 'debian', arch: hostArch, stream: 'stable', registry, user: 'starlingx',
		},
		version,
		latest,
		overwrite,
		clean,
	});
	const result = {
		file: '/another/workspace/stx-debian-stable-wheels.tar', digest: await digestOfFile(file), size: (await stat(file)).size, wheels: 2,
	};
	const context: StepContext = {
		result: () => result,
		progress() {
			// Not looked at.
		},
		warn() {
			// Not looked at.
		},
		signal: new AbortController().signal,
	};
	return {
		file,
		step,
		push: async (engine, client = registryClient()) => await createPushHandler({engine: async () => engine, registry: async () => client}).run(step, context) as PushResult,
		pushed: async () => (JSON.parse(await readFile(recordFile(file), 'utf8')) as {pushed?: ReadonlyArray<Pick<Published, 'reference' | 'digest'>>}).pushed ?? [],
	};
}

const testEngines = engineTests(test, storageEngines);

testEngines('the registry has the tarball\'s content under both names, and the record says so', async (t, {engine, folder}) => {
	if (!needs(t, {program: ['docker-registry', 'tar']})) {
		return;
	}

	const registry = await startRegistry(t, folder);
	const {push, pushed} = await preparePush(path.join(folder, 'one'), registry, {clean: true, name: `demo-${engine.name}`});
	const {image, pushed: [versioned, latest]} = await push(engine);
	t.is(versioned!.reference, `${registry}/starlingx/stx-debian-stable-wheels:1.0`);
	t.is(await digestInRegistry(versioned!.reference), versioned!.digest);
	t.is(await digestInRegistry(latest!.reference), versioned!.digest);
	t.deepEqual(await pushed(), [versioned!, latest!].map(({reference, digest}) => ({reference, digest})));
	t.is(await engine.find(versioned!.reference), undefined, 'with --clean the engine forgets it');
	t.is(await engine.find(image), undefined);

	// What LOCI's fetch_wheels.py does with an image: a manifest of Docker's type, whose last layer is the wheels.
	const base = `http://${registry}/v2/starlingx/stx-debian-stable-wheels`;
	const answer = await fetch(`${base}/manifests/latest`, {headers: {accept: 'application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json'}});
	const manifest = await answer.json() as {mediaType: string; layers: ReadonlyArray<{digest: string}>};
	t.is(manifest.mediaType, 'application/vnd.docker.distribution.manifest.v2+json');
	t.is(manifest.layers.length, 1);
	const layer = await fetch(`${base}/blobs/${manifest.layers[0]!.digest}`);
	const unpacked = path.join(folder, 'unpacked');
	await mkdir(unpacked);
	await writeFile(path.join(folder, 'layer.tar.gz'), new Uint8Array(await layer.arrayBuffer()));
	await runChecked(run, {argv: ['tar', '-xf', path.join(folder, 'layer.tar.gz'), '--exclude=.*', '-C', unpacked]});
	t.deepEqual((await readdir(unpacked)).toSorted(), [`demo_${engine.name}-1-py3-none-any.whl`, 'global-requirements.txt', 'helper-2-py3-none-any.whl', 'upper-constraints.txt']);
	t.is(await digestOfFile(path.join(unpacked, `demo_${engine.name}-1-py3-none-any.whl`)), `sha256:${(await wheelOf({name: `demo-${engine.name}`, version: '1'})).sha256}`);
});

testEngines('a second version leaves the first as it is; without latest that stays too', async (t, {engine, folder}) => {
	if (!needs(t, {program: 'docker-registry'})) {
		return;
	}

	const registry = await startRegistry(t, folder);
	const first = await (await preparePush(path.join(folder, 'one'), registry, {clean: true, name: `first-${engine.name}`})).push(engine);
	const second = await preparePush(path.join(folder, 'two'), registry, {
		clean: true, latest: false, version: '2.0', name: `second-${engine.name}`,
	});
	const {pushed} = await second.push(engine);
	t.is(pushed.length, 1);
	t.not(pushed[0]!.digest, first.pushed[0]!.digest);
	for (const {reference, digest} of [...first.pushed, ...pushed]) {
		t.is(await digestInRegistry(reference), digest);
	}
});

testEngines('equal tarballs that are pushed at once get there, whoever forgets the image first', async (t, {engine, folder}) => {
	t.timeout(300_000);
	if (!needs(t, {program: 'docker-registry'})) {
		return;
	}

	const registry = await startRegistry(t, folder);
	// The registry itself answers 500 now and then when it gets one thing twice at once.
	const patient = createRetryingEngine(engine, {
		retry: createRetryPolicy({limit: 9, base: 200, random: Math.random}), random: Math.random, note(message) {
			t.log(message);
		},
	});
	for (const round of [1, 2, 3, 4]) {
		// Two under one name and one under another that stays: all three are one image.
		const pushes = await Promise.all([
			{clean: true, version: `${round}`},
			{clean: true, version: `${round}`},
			{clean: false, version: `${round}-kept`},
		].map(async (choices, index) => preparePush(path.join(folder, `${round}-${index}`), registry, {...choices, latest: false, name: `equal-${engine.name}-${registry.split(':')[1]!}`})));
		const results = await Promise.all(pushes.map(async ({push}) => push(patient)));
		t.is(new Set(results.map(({image}) => image)).size, 1);
		for (const {pushed} of results) {
			t.is(await digestInRegistry(pushed[0]!.reference), pushed[0]!.digest);
		}

		const kept = results[2]!.pushed[0]!.reference;
		t.is(await engine.find(kept), results[2]!.image);
		await engine.remove(kept);
		t.is(await engine.find(results[2]!.image), undefined, 'nothing is left in the engine');
	}
});

testEngines('the same again sends nothing; other wheels do not take the name of a version, unless that is asked for', async (t, {engine, folder}) => {
	if (!needs(t, {program: 'docker-registry'})) {
		return;
	}

	const registry = await startRegistry(t, folder);
	const prepare = async (place: string, more: Parameters<typeof preparePush>[2]) => preparePush(path.join(folder, place), registry, {clean: true, ...more});
	const hows = ({pushed}: PushResult) => pushed.map(({how}) => how);
	const first = await (await prepare('one', {name: `same-${engine.name}`})).push(engine);
	t.deepEqual(hows(first), ['pushed', 'tagged']);
	t.deepEqual(hows(await (await prepare('two', {name: `same-${engine.name}`})).push(engine)), ['unchanged', 'unchanged']);
	const others = await prepare('three', {name: `other-${engine.name}`});
	t.is((await failureOf(async () => others.push(engine))).code, 'STX0722');
	t.is(await digestInRegistry(first.pushed[1]!.reference), first.pushed[1]!.digest, 'latest stays too');
	t.deepEqual(hows(await (await prepare('four', {name: `other-${engine.name}`, overwrite: true})).push(engine)), ['pushed', 'tagged']);
	t.not(await digestInRegistry(first.pushed[0]!.reference), first.pushed[0]!.digest);
});

const image = `sha256:${'1'.repeat(64)}`;

/** An engine that has the tarball as one image. */
const createEngine = (push: (reference: string) => string) => ({...createFakeEngine({push: async reference => push(reference)}), importRoot: async () => image});

test('latest is given only when the registry has what it was sent by its version', async t => {
	await withTemporaryFolder('push', async folder => {
		const registry = createFakeRegistry();
		const good = createEngine(reference => registry.give(reference, image));
		const {push, pushed} = await preparePush(folder, 'r:5000');
		await push(good, registry);
		t.deepEqual(good.pushed, ['r:5000/starlingx/stx-debian-stable-wheels:1.0']);
		t.true(good.images.has('r:5000/starlingx/stx-debian-stable-wheels:1.0'));
		t.deepEqual(await pushed(), ['1.0', 'latest'].map(tag => ({reference: `r:5000/starlingx/stx-debian-stable-wheels:${tag}`, digest: manifestDigest(image)})));

		const changed = createFakeRegistry();
		const bad = createEngine(reference => {
			changed.give(reference, `sha256:${'2'.repeat(64)}`);
			return manifestDigest(image);
		});
		const again = await preparePush(folder, 'r:5000', {clean: true});
		t.is((await failureOf(async () => again.push(bad, changed))).code, 'STX0721');
		t.is(await changed.manifest('r:5000/starlingx/stx-debian-stable-wheels:latest'), undefined);
		t.is(bad.images.size, 0, 'nothing is left in the engine');
		t.deepEqual(await again.pushed(), []);
	});
});

test('the record keeps what other names were given, and of each name the last digest', async t => {
	await withTemporaryFolder('push', async folder => {
		const registry = createFakeRegistry();
		const pushAs = async (version: string, image: string, record?: string) => {
			const prepared = await preparePush(folder, 'r:5000', {version});
			if (record !== undefined) {
				await writeFile(recordFile(prepared.file), record);
			}

			await prepared.push({...createEngine(reference => registry.give(reference, image)), importRoot: async () => image}, registry);
			return prepared;
		};

		const [one, two] = ['1', '2'].map(letter => `sha256:${letter.repeat(64)}`) as [string, string];
		const {file} = await pushAs('1', one);
		const {pushed} = await pushAs('2', two, await readFile(recordFile(file), 'utf8'));
		t.deepEqual((await pushed()).map(({reference, digest}) => [reference.split(':').at(-1)!, digest]), [['1', manifestDigest(one)], ['2', manifestDigest(two)], ['latest', manifestDigest(two)]]);
	});
});
