import {
	mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Readable} from 'node:stream';
import test, {type ExecutionContext} from 'ava';
import type {BuildRequest, ImageConfig} from '../../../../src/engine/index.js';
import {BuildError} from '../../../../src/errors.js';
import {
	planUpdate, readUpdate, updateHandlers, type UpdateAsked,
} from '../../../../src/images/index.js';
import {pushHandler} from '../../../../src/images/publish/push-image.js';
import {tagHandler} from '../../../../src/images/publish/publish-image.js';
import {formatUpdateDockerfile} from '../../../../src/images/update/format-update-dockerfile.js';
import type {PlanUpdateRequest} from '../../../../src/images/update/plan-update.js';
import type {Json, StepContext} from '../../../../src/plan/index.js';
import {digestOfFile} from '../../../../src/system/index.js';
import {failureOf, problemsOf} from '../../../_helpers/failure.js';
import {createFakeEngine, type FakeAnswers} from '../../../_helpers/fake-engine.js';
import {digestOf, wheelOf} from '../../../_helpers/image-inputs.js';
import {createMemoryStore} from '../../../_helpers/memory-store.js';
import {answerWith, startOciRegistry} from '../../../_helpers/oci-registry.js';
import {registryClient} from '../../../_helpers/registry-client.js';

const config: ImageConfig = {
	env: ['PATH=/bin'], entrypoint: ['/start'], cmd: ['run'], user: '42424', labels: {},
};
const updated = digestOf('e');

async function createFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-update-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	for (const [name, text] of Object.entries({
		'a-1.0-py3-none-any.whl': 'a', 'b-1.0-py3-none-any.whl': 'b', 'c_1_all.deb': 'c', 'fix.sh': 'true\n', extra: 'x', 'install.sh': 'i', 'check.sh': 'c',
	})) {
		await writeFile(path.join(folder, name), text);
	}

	return folder;
}

const askedOf = (folder: string, more: Partial<Record<'wheels' | 'packages' | 'extras' | 'modules', readonly string[]>> & {readonly customize?: string} = {}): UpdateAsked => {
	const named = (words: readonly string[] = []) => words.map(text => ({text, folder}));
	return {
		from: 'u/a:x.0', updateVersion: undefined, wheels: named(more.wheels), packages: named(more.packages), extras: named(more.extras), modules: named(more.modules), customize: named(more.customize === undefined ? [] : [more.customize])[0],
	};
};

test('files are found, by wildcards too, and have digests', async t => {
	const folder = await createFolder(t);
	const sha256 = 'a'.repeat(64);
	const files = await readUpdate(askedOf(folder, {
		wheels: ['*.whl', `https://example.com/w/d-1-py3-none-any.whl#sha256=${sha256}`], packages: ['c_1_all.deb'], extras: ['extra'], customize: 'fix.sh',
	}));
	t.deepEqual(files.wheels.map(({name}) => name), ['a-1.0-py3-none-any.whl', 'b-1.0-py3-none-any.whl', 'd-1-py3-none-any.whl']);
	t.like(files.wheels[2], {url: 'https://example.com/w/d-1-py3-none-any.whl', digest: `sha256:${sha256}`});
	t.is(files.customize?.digest, await digestOfFile(path.join(folder, 'fix.sh')));
});

test('W18: nothing that is asked for is passed over', async t => {
	const folder = await createFolder(t);
	const error = await failureOf(async () => readUpdate(askedOf(folder, {
		wheels: ['none.whl', 'x*.whl', 'extra', 'https://user:pass@example.com/a.whl', 'a-1.0-py3-none-any.whl', 'a-1.0-py3-none-any.whl'], packages: ['package.rpm', '.'], customize: 'fix2.sh',
	})));
	const messages = problemsOf(error).map(({message}) => message);
	t.is(messages.length, 8, messages.join('\n'));
	t.false(messages.join('\n').includes('pass@'));
	t.is(error.exitCode, 2);
	t.regex((await failureOf(async () => readUpdate(askedOf(folder, {extras: ['extra']})))).message, /changes nothing/);
});

test('what the image runs, and as whom, stays as it is', t => {
	t.is(formatUpdateDockerfile('a:1', ''), 'FROM a:1\nRUN --mount=type=bind,target=/mnt --mount=type=secret,id=ca,mode=0444 ["/bin/sh", "/mnt/install.sh"]\n');
	t.regex(formatUpdateDockerfile('a:1', '42424:42424'), /\nUSER 0:0\nRUN .*\nUSER 42424:42424\n$/);
	t.notRegex(formatUpdateDockerfile('a:1', 'nova'), /ENTRYPOINT|CMD|SHELL/);
});

async function createWorld(t: ExecutionContext, answers: FakeAnswers & {readonly after?: ImageConfig} = {}, more: Partial<PlanUpdateRequest> = {}) {
	const folder = await createFolder(t);
	const server = await startOciRegistry(t);
	const store = createMemoryStore();
	const module = {...wheelOf('mod', '2.0', '1'), ...await store.add(Readable.from(['module']))};
	const pip = {...wheelOf('pip', '26.3', '2'), ...await store.add(Readable.from(['pip']))};
	const engine = createFakeEngine({
		build: async () => updated,
		run: async ({argv}) => ({stdout: ['passed: starts: /bin/sh', ...argv.slice(2).map(word => `passed: distribution ${word.split('==')[0]!}: ok`)].join('\n')}),
		...answers,
	});
	const id = digestOf('f');
	engine.pull = async reference => {
		engine.images.set(reference, id);
		return {id, digest: digestOf('d')};
	};

	engine.inspect = async image => image === updated ? answers.after ?? config : config;
	engine.images.set(updated, updated);
	const files = await readUpdate(askedOf(folder, {
		wheels: ['a-1.0-py3-none-any.whl'], packages: ['c_1_all.deb'], extras: ['extra'], customize: 'fix.sh',
	}));
	const script = async (name: string) => ({name: path.join(folder, name), digest: await digestOfFile(path.join(folder, name))});
	const reference = `${server.host}/u/stx-a:x.1`;
	const steps = planUpdate({
		from: {reference: `${server.host}/u/stx-a:x.0`, digest: digestOf('d'), image: null}, name: {label: 'stx-a', tag: 'x.1', reference}, files, modules: [module], pip, wheelSteps: [],
		scripts: {install: await script('install.sh'), check: await script('check.sh')}, folder: path.join(folder, 'out'), push: false, ...more,
	});
	const effects = {
		store, engine: async () => engine, registry: async () => registryClient(), version: '0.1.0', caBundle: undefined, httpProxy: 'http://me:secret@proxy.example.com:3128', httpsProxy: undefined, noProxy: undefined, clock: {now: () => new Date(0), monotonic: () => 0},
	};
	const handlers = {...updateHandlers(effects), 'image.tag': tagHandler(effects as never), 'image.push': pushHandler(effects)};
	const results = new Map<string, Json>();
	const context: StepContext = {
		result: step => results.get(step)!, progress: () => undefined, warn: () => undefined, signal: new AbortController().signal,
	};
	return {
		folder, server, engine, steps, results, reference,
		async run() {
			for (const step of steps) {
				results.set(step.id, await handlers[step.kind as keyof typeof handlers].run(step, context));
			}
		},
		async holds() {
			return Promise.all(steps.map(async step => handlers[step.kind as keyof typeof handlers].holds(results.get(step.id)!, step)));
		},
	};
}

test('an image is updated in one build from staged files, verified, tagged and recorded', async t => {
	let seen: {request: BuildRequest; files: readonly string[]; dockerfile: string} | undefined;
	const world = await createWorld(t, {
		async build(request) {
			seen = {request, files: (await readdir(request.context, {recursive: true})).toSorted(), dockerfile: await readFile(request.file, 'utf8')};
			return updated;
		},
	});
	await world.run();
	t.deepEqual(seen?.files, ['customize.sh', 'extras', 'extras/extra', 'install.sh', 'packages', 'packages/c_1_all.deb', 'pip', 'pip/pip-26.3-py3-none-any.whl', 'wheels', 'wheels/a-1.0-py3-none-any.whl', 'wheels/mod-2.0-py3-none-any.whl']);
	t.regex(seen!.dockerfile, /^FROM localhost\/stx-build\/update-from:f{16}\nUSER 0:0\nRUN .*\nUSER 42424\n$/);
	t.false(JSON.stringify([seen!.request.buildArgs, seen!.request.labels, seen!.dockerfile, world.steps]).includes('secret@'));
	await t.throwsAsync(stat(seen!.request.context), {code: 'ENOENT'});
	t.is(world.engine.images.get(world.reference), updated);
	const out = path.join(world.folder, 'out');
	t.is(await readFile(path.join(out, 'image-updates.lst'), 'utf8'), `${world.reference}\n`);
	const record = JSON.parse(await readFile(path.join(out, 'stx-a-x.1.json'), 'utf8')) as Record<string, unknown>;
	t.like(record, {
		label: 'stx-a', image: updated, tags: [world.reference], pushed: [], customize: await digestOfFile(path.join(world.folder, 'fix.sh')),
	});
	t.deepEqual((record.wheels as Array<{name: string; version: string}>).map(({name, version}) => `${name} ${version}`), ['a 1.0', 'mod 2.0']);
	t.deepEqual(await world.holds(), world.steps.map(() => true));
});

test('an update that changes entry point, command, user or environment gets no tag', async t => {
	for (const after of [{...config, entrypoint: []}, {...config, cmd: ['bash']}, {...config, user: ''}, {...config, env: [...config.env, 'http_proxy=x']}]) {
		const world = await createWorld(t, {after});
		await t.throwsAsync(world.run(), {code: 'STX0612'});
		t.false(world.engine.images.has(world.reference));
	}
});

test('what is missing after the installation is told, and the image gets no tag', async t => {
	const world = await createWorld(t, {run: async () => ({stdout: 'passed: starts: /bin/sh\npassed: distribution a: 1.0\nfailed: distribution mod: it is missing, and should be 2.0\n'})});
	const error = await failureOf(async () => world.run());
	t.is(error.code, 'STX0612');
	t.regex(error.message, /distribution mod: it is missing/);
	const silent = await createWorld(t, {run: async () => ({stdout: ''})});
	t.is((await failureOf(async () => silent.run())).code, 'STX0613');
});

test('W18: a customization that fails is the failure of the update', async t => {
	const world = await createWorld(t, {
		async build(request, {logFile}) {
			await mkdir(path.dirname(logFile!), {recursive: true});
			await writeFile(logFile!, '==> customization\ninstall: the customization script failed\n');
			throw new BuildError('STX0703', 'the image could not be built');
		},
	});
	const error = await failureOf(async () => world.run());
	t.is(error.code, 'STX0643');
	t.regex(error.message, /`stx-a` could not be updated: the customization script failed/);
});

test('a file that has changed since the update was planned is refused', async t => {
	const world = await createWorld(t);
	await writeFile(path.join(world.folder, 'extra'), 'other');
	t.is((await failureOf(async () => world.run())).code, 'STX0643');
});

test('W17: the list and the record are written after the push, whose failure fails the run', async t => {
	const world = await createWorld(t, {
		async push() {
			throw new BuildError('STX0706', 'denied');
		},
	}, {push: true});
	t.is((await failureOf(async () => world.run())).code, 'STX0706');
	await t.throwsAsync(readFile(path.join(world.folder, 'out', 'image-updates.lst')), {code: 'ENOENT'});

	const good = await createWorld(t, {
		async push(reference) {
			const [, name, tag] = /^[^\/]+\/(?<name>.+):(?<tag>[^:]+)$/v.exec(reference)!;
			return good.server.addImage(name!, tag!).digest;
		},
	}, {push: true});
	good.server.next(/manifests/v, answerWith(503));
	await good.run();
	const out = path.join(good.folder, 'out');
	t.is(await readFile(path.join(out, 'image-updates.lst'), 'utf8'), `${good.reference}\n`);
	const {pushed} = JSON.parse(await readFile(path.join(out, 'stx-a-x.1.json'), 'utf8')) as {pushed: Array<{digest: string}>};
	t.is(pushed[0]?.digest, good.server.digestOf('u/stx-a', 'x.1'));
	t.deepEqual(await good.holds(), good.steps.map(() => true));
});

test('with --clean the image that was pulled is forgotten with the updated one; one that only the engine has is kept', async t => {
	const clean = async (more: Partial<PlanUpdateRequest> = {}) => {
		const world = await createWorld(t, {
			async push(reference) {
				const [, name, tag] = /^[^\/]+\/(?<name>.+):(?<tag>[^:]+)$/v.exec(reference)!;
				return world.server.addImage(name!, tag!).digest;
			},
		}, {push: true, pushing: {clean: true}, ...more});
		return world;
	};

	const pulled = await clean();
	await pulled.run();
	t.deepEqual([...pulled.engine.images.keys()], [updated]);

	const id = digestOf('f');
	const kept = await clean({from: {reference: 'only/here:x.0', digest: null, image: id}});
	kept.engine.images.set('only/here:x.0', id);
	await kept.run();
	t.true(kept.engine.images.has('only/here:x.0'));
	t.true(kept.engine.images.has(`localhost/stx-build/update-from:${'f'.repeat(16)}`));
});

test('the key of an updated image is that of what is in it', async t => {
	const key = async (more: Partial<PlanUpdateRequest>) => (await createWorld(t, {}, more)).steps.find(({kind}) => kind === 'image.update')!.key;
	const plain = await key({});
	t.is(await key({name: {label: 'stx-a', tag: 'other', reference: 'u/stx-a:other'}, push: true}), plain);
	t.not(await key({pip: wheelOf('pip', '26.3', '9')}), plain);
	t.not(await key({from: {reference: 'u/a:x.0', digest: digestOf('c'), image: null}}), plain);
});
