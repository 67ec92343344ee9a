import {Buffer} from 'node:buffer';
import {
	mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {BuildError} from '../../../../src/errors.js';
import type {ImageListInputs, ImagePushInputs, ImagePushResult} from '../../../../src/images/image-steps.js';
import {planImages, type ImagesRequest} from '../../../../src/images/plan-images.js';
import {isInList, listHandler, noteInList} from '../../../../src/images/publish/image-lists.js';
import {tagHandler} from '../../../../src/images/publish/publish-image.js';
import {pushHandler} from '../../../../src/images/publish/push-image.js';
import type {StepContext} from '../../../../src/plan/index.js';
import {createPublisher, formatRecord} from '../../../../src/registry/index.js';
import {failureOf} from '../../../_helpers/failure.js';
import {createFakeEngine} from '../../../_helpers/fake-engine.js';
import {createFakeRegistry, manifestDigest} from '../../../_helpers/fake-registry.js';
import {directiveOf, requestOf, tagSettings} from '../../../_helpers/image-inputs.js';
import {answerWith, breakOff, startOciRegistry} from '../../../_helpers/oci-registry.js';
import {registryClient} from '../../../_helpers/registry-client.js';

const label = 'stx-keystone';
const repository = `starlingx/${label}`;
const versionedTag = 'master-debian-trixie-amd64-stable-2026.11.21.0';
const latestTag = 'master-debian-trixie-amd64-stable-latest';

/** A workspace, a registry, and an engine whose pushes put an image of one layer, named by the version, into the registry. */
async function createWorld(t: ExecutionContext, more: Partial<ImagesRequest> = {}, auth?: 'basic') {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-push-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const server = await startOciRegistry(t, auth && {auth});
	const built = path.join(folder, 'std/build-images');
	await mkdir(built, {recursive: true});
	const warnings: string[] = [];
	let refusal: BuildError | undefined;
	/** A new image each time: the content of the layer is the id. */
	const addImage = (layer: string) => server.addImage('elsewhere', layer, {layers: [layer]}).config;
	let image = addImage('one');
	const engine = createFakeEngine({
		async push(reference) {
			if (refusal) {
				throw refusal;
			}

			const [, name, tag] = /^[^\/]+\/(?<name>.+):(?<tag>[^:]+)$/v.exec(reference)!;
			const layer = [...server.manifests.keys()].find(key => key.startsWith('elsewhere ') && (JSON.parse(server.manifests.get(key)!.bytes.toString()) as {config: {digest: string}}).config.digest === image && !key.includes('sha256:'))!.split(' ')[1]!;
			return server.addImage(name!, tag!, {layers: [layer]}).digest;
		},
	});
	engine.images.set(image, image);
	const effects = {engine: async () => engine, registry: async () => registryClient(auth && {[server.host]: 'builder:secret'})};
	const file = path.join(built, `${label}-debian-trixie-amd64-stable.json`);
	const references: string[] = [];
	const context: StepContext = {
		result: id => (id.startsWith('tag:') ? {image, references} : {}),
		progress: () => undefined,
		warn(message) {
			warnings.push(message);
		},
		signal: new AbortController().signal,
	};
	const plan = (changes: Partial<ImagesRequest> = {}) => planImages(requestOf({
		push: true, latest: true, settings: {...tagSettings, registry: server.host, workspace: folder}, ...more, ...changes,
	}));
	const handler = pushHandler(effects);
	return {
		server, engine, warnings, built, file, handler, context, plan,
		list: async (kind: 'versioned' | 'latest') => readFile(path.join(built, `images-debian-trixie-amd64-stable-${kind}.lst`), 'utf8').catch(() => undefined),
		refuse(error: BuildError | undefined) {
			refusal = error;
		},
		/** The image is another one from now on. */
		build(layer: string) {
			image = addImage(layer);
			engine.images.set(image, image);
		},
		pushStep: (changes: Partial<ImagesRequest> = {}) => plan(changes).find(({id}) => id === `push:${label}`)!,
		async push(changes: Partial<ImagesRequest> = {}): Promise<ImagePushResult> {
			await writeFile(file, formatRecord({label, image, pushed: []}));
			const step = plan(changes).find(({id}) => id === `push:${label}`)!;
			references.splice(0, references.length, `${repository}:build`, ...(step.inputs as ImagePushInputs).push.map(({reference}) => reference));
			return await handler.run(step, context) as ImagePushResult;
		},
	};
}

const hows = ({pushed}: ImagePushResult): readonly string[] => pushed.map(({how}) => how);

test('what is pushed is in the lists and in the record, and the second name is made of the first', async t => {
	const world = await createWorld(t);
	const result = await world.push();
	t.deepEqual(hows(result), ['pushed', 'tagged']);
	t.is(world.server.digestOf(repository, latestTag), world.server.digestOf(repository, versionedTag));
	t.is(await world.list('versioned'), `${world.server.host}/${repository}:${versionedTag}\n`);
	t.is(await world.list('latest'), `${world.server.host}/${repository}:${latestTag}\n`);
	t.deepEqual((JSON.parse(await readFile(world.file, 'utf8')) as {pushed: unknown}).pushed, result.pushed.map(({reference, digest}) => ({reference, digest})));
	t.is(world.engine.pushed.length, 1);
});

test('a second run pushes nothing', async t => {
	const world = await createWorld(t);
	const result = await world.push();
	const step = world.pushStep();
	t.true(await world.handler.holds(result, step));
	const again = await world.push();
	t.deepEqual(hows(again), ['unchanged', 'unchanged']);
	t.is(world.engine.pushed.length, 1);
	const puts = world.server.requests.filter(request => !/^(?:GET|HEAD)/v.test(request));
	t.is(puts.length, 1);
});

test('what a registry, a list, a record or the engine has lost is pushed again', async t => {
	for (const lose of [
		async ({server}: Awaited<ReturnType<typeof createWorld>>) => server.manifests.delete(`${repository} ${latestTag}`),
		async ({built}: Awaited<ReturnType<typeof createWorld>>) => writeFile(path.join(built, 'images-debian-trixie-amd64-stable-latest.lst'), ''),
		async ({file}: Awaited<ReturnType<typeof createWorld>>) => writeFile(file, '{}'),
		async ({engine}: Awaited<ReturnType<typeof createWorld>>) => {
			engine.images.clear();
		},
		async ({server}: Awaited<ReturnType<typeof createWorld>>) => {
			server.next(/HEAD/v, ...Array.from({length: 6}, () => answerWith(500)));
		},
	]) {
		const world = await createWorld(t);
		const result = await world.push();
		await lose(world);
		t.false(await world.handler.holds(result, world.pushStep()));
		t.deepEqual((await world.push()).pushed.map(({digest}) => digest), result.pushed.map(({digest}) => digest));
	}
});

test('another version of the same image is its manifest under another tag', async t => {
	const world = await createWorld(t);
	await world.push();
	t.deepEqual(hows(await world.push({version: 'next'})), ['tagged', 'unchanged']);
	t.is(world.engine.pushed.length, 1);
	t.is(await world.list('versioned'), `${world.server.host}/${repository}:master-debian-trixie-amd64-stable-next.0\n`);
});

test('a versioned tag that has another image is never overwritten in silence; the latest one moves', async t => {
	const world = await createWorld(t);
	await world.push();
	const before = world.server.digestOf(repository, versionedTag);
	world.build('two');
	const error = await failureOf(async () => world.push());
	t.is(error.code, 'STX0722');
	t.regex(error.message, /2026\.11\.21\.0` is in the registry already, and another image, or this one in another form: `sha256:/);
	t.regex(error.hint!, /--overwrite/);
	t.is(world.server.digestOf(repository, versionedTag), before);
	t.is(world.server.digestOf(repository, latestTag), before, 'latest never names what has no version');

	t.deepEqual(hows(await world.push({version: 'next'})), ['pushed', 'tagged']);
	t.not(world.server.digestOf(repository, latestTag), before);
	t.is(world.server.digestOf(repository, versionedTag), before);
	t.deepEqual(hows(await world.push({pushing: {overwrite: true}})), ['tagged', 'unchanged']);
	t.not(world.server.digestOf(repository, versionedTag), before);
});

test('a name with what is no image as engines make them today stays, unless it moves or is to be replaced', async t => {
	const world = await createWorld(t);
	const spoil = (tag: string): unknown => world.server.manifests.set(`${repository} ${tag}`, {mediaType: 'application/vnd.docker.distribution.manifest.v1+prettyjws', bytes: Buffer.from('{"schemaVersion": 1}')});
	spoil(latestTag);
	t.deepEqual(hows(await world.push()), ['pushed', 'tagged']);
	spoil(versionedTag);
	const error = await failureOf(async () => world.push());
	t.is(error.code, 'STX0722');
	t.regex(error.message, /cannot be read as an image/v);
	t.deepEqual(hows(await world.push({pushing: {overwrite: true}})), ['tagged', 'unchanged']);
});

test('another engine that sends the same image at once has not taken its name away', async t => {
	const image = `sha256:${'1'.repeat(64)}`;
	const registry = createFakeRegistry();
	const publish = await createPublisher({
		label: 'one',
		image,
		names: [{reference: 'r/a:1', moves: false}],
		overwrite: false,
		engine: createFakeEngine({
			async push(reference) {
				registry.give(reference, image);
				return `sha256:${'2'.repeat(64)}`;
			},
		}),
		registry,
		context: {signal: new AbortController().signal, progress: () => undefined, warn: () => undefined},
	});
	t.deepEqual(await publish({reference: 'r/a:1', moves: false}), {reference: 'r/a:1', digest: manifestDigest(image), how: 'pushed'});
});

test('W12: a tag, a push and a legacy push that fail fail the run, and none of them is listed', async t => {
	const world = await createWorld(t);
	const tagging = tagHandler({
		engine: async () => ({
			...world.engine,
			async tag() {
				throw new BuildError('STX0704', 'docker could not tag');
			},
		}),
	} as never);
	const {context} = world;
	await t.throwsAsync(tagging.run(world.plan().find(({id}) => id === `tag:${label}`)!, {...context, result: () => ({image: 'a'})}), {code: 'STX0704'});

	world.refuse(new BuildError('STX0706', 'denied'));
	await t.throwsAsync(world.push(), {code: 'STX0706'});
	t.deepEqual((await readdir(world.built)).filter(name => name.includes('.lst')), []);

	world.refuse(undefined);
	world.server.addImage(repository, 'master-debian-stable-2026.11.21.0', {layers: ['another']});
	const legacy = await failureOf(async () => world.push({legacyOsLabel: 'debian'}));
	t.is(legacy.code, 'STX0722');
	t.is(legacy.exitCode, 1);
	t.deepEqual((await readdir(world.built)).filter(name => name.includes('.lst')).toSorted(), ['images-debian-trixie-amd64-stable-latest.lst', 'images-debian-trixie-amd64-stable-versioned.lst']);
	const {pushed} = JSON.parse(await readFile(world.file, 'utf8')) as {pushed: unknown[]};
	t.is(pushed.length, 2, 'the record has what was pushed');
});

test('both families of names are told when both fail', async t => {
	const world = await createWorld(t);
	world.refuse(new BuildError('STX0706', 'denied'));
	const error = await failureOf(async () => world.push({legacyOsLabel: 'debian'}));
	t.is(error.problems.length, 2);
	t.is(error.exitCode, 1);
});

test('a registry that answers with other bytes than were pushed is told', async t => {
	const world = await createWorld(t);
	const {push} = world.engine;
	world.engine.push = async (...given) => {
		const digest = await push(...given);
		world.server.addImage(repository, versionedTag, {layers: ['of somebody else']});
		return digest;
	};

	t.is((await failureOf(async () => world.push())).code, 'STX0721');
	t.is(await world.list('versioned'), undefined);
});

test('a registry that lets only the engine see is pushed to, with a warning of what that may replace', async t => {
	const world = await createWorld(t);
	world.server.next(/manifests/v, ...Array.from({length: 12}, () => answerWith(403)));
	t.deepEqual(hows(await world.push()), ['pushed', 'pushed']);
	t.is(world.warnings.length, 1);
	t.regex(world.warnings[0]!, /does not let us read .*, so it is not known which names are taken: .* replaces other images/);
});

test('a registry that gives no answer is not pushed to blindly, but with --overwrite', async t => {
	const world = await createWorld(t);
	const silence = () => {
		world.server.next(/^GET .*manifests/v, ...Array.from({length: 12}, () => answerWith(500)));
	};

	silence();
	const error = await failureOf(async () => world.push({legacyOsLabel: 'debian'}));
	t.is(error.code, 'STX0909');
	t.regex(error.message, /^nothing was pushed, since the registry does not say which names are taken: the server answered 500$/);
	t.regex(error.hint!, /--overwrite/);
	t.deepEqual(error.problems, [], 'told once, not for each family of names');
	t.is(world.engine.pushed.length, 0);
	t.is(await world.list('versioned'), undefined);

	const other = await createWorld(t, {pushing: {overwrite: true}});
	other.server.next(/^GET .*manifests/v, ...Array.from({length: 12}, () => answerWith(500)));
	t.deepEqual(hows(await other.push()), ['pushed', 'pushed']);
	t.regex(other.warnings[0]!, /which names are taken/);
});

test('a registry that wants credentials gets those of the user', async t => {
	const world = await createWorld(t, {}, 'basic');
	t.deepEqual(hows(await world.push()), ['pushed', 'tagged']);
	t.deepEqual(world.warnings, []);
});

test('a line that breaks while names are asked for is no end', async t => {
	const world = await createWorld(t);
	world.server.next(/manifests/v, breakOff, answerWith(503));
	t.deepEqual(hows(await world.push()), ['pushed', 'tagged']);
});

test('with --clean the engine forgets the image when it has been pushed, and only then', async t => {
	const world = await createWorld(t, {pushing: {clean: true}});
	for (const name of ['build', versionedTag]) {
		world.engine.images.set(name === 'build' ? `${repository}:build` : `${world.server.host}/${repository}:${name}`, 'image');
	}

	const before = world.engine.images.size;
	world.refuse(new BuildError('STX0706', 'denied'));
	await t.throwsAsync(world.push(), {code: 'STX0706'});
	t.is(world.engine.images.size, before);
	world.refuse(undefined);
	const result = await world.push();
	t.deepEqual([...world.engine.images.keys()].filter(name => name.includes(label)), []);
	t.true(await world.handler.holds(result, world.pushStep()), 'and a second run asks only the registry');
});

test('W56: lists are written under a lock, and what no build of today pushes is in none of them', async t => {
	const labels = Array.from({length: 8}, (_, index) => `stx-image-${index}`);
	const world = await createWorld(t, {directives: labels.map(name => directiveOf(undefined, name)), resetLists: true, latest: false});
	const lists = ['versioned', 'latest'].map(kind => path.join(world.built, `images-debian-trixie-amd64-stable-${kind}.lst`)) as [string, string];
	await writeFile(lists[0], `u/gone:1\n${world.server.host}/starlingx/stx-image-3:${versionedTag}\n`);
	await writeFile(lists[1], 'u/gone:latest\n');
	const steps = world.plan();
	const reset = steps.find(({kind}) => kind === 'image.list')!;
	t.is((reset.inputs as ImageListInputs).lists.length, 2);
	await listHandler().run(reset, world.context);
	t.is(await readFile(lists[0], 'utf8'), `${world.server.host}/starlingx/stx-image-3:${versionedTag}\n`);
	t.is(await readFile(lists[1], 'utf8'), '', 'a build without --latest leaves no latest tags of an older one');

	await Promise.all(steps.filter(({kind}) => kind === 'image.push').toReversed().map(async step => {
		await writeFile((step.inputs as ImagePushInputs).file, formatRecord({pushed: []}));
		return world.handler.run(step, world.context);
	}));
	t.is(await readFile(lists[0], 'utf8'), labels.map(name => `${world.server.host}/starlingx/${name}:${versionedTag}\n`).join(''));
	t.deepEqual((await readdir(world.built)).filter(name => name.includes('.lock')), []);
});

test('W56: a list that cannot be read is no empty one: it is not begun anew', async t => {
	const world = await createWorld(t, {resetLists: true});
	const list = path.join(world.built, 'images-debian-trixie-amd64-stable-versioned.lst');
	// A link to itself: nobody can read it, not even root.
	await symlink(list, list);
	const unreadable = {code: 'STX0903' as const, at: [{file: list}]};
	t.like(await failureOf(async () => isInList(list, 'u/a:1')), unreadable);
	t.like(await failureOf(async () => noteInList(list, {label, reference: `u/${label}:1`, following: []}, world.context.signal)), unreadable);
	t.like(await failureOf(async () => listHandler().run(world.plan().find(({kind}) => kind === 'image.list')!, world.context)), unreadable);
	t.is(await readlink(list), list);
	t.false(await isInList(path.join(world.built, 'none.lst'), 'u/a:1'));
});
