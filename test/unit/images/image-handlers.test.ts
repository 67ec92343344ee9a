import {
	appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Readable} from 'node:stream';
import test, {type ExecutionContext} from 'ava';
import {BuildError} from '../../../src/errors.js';
import type {BuildRequest} from '../../../src/engine/index.js';
import {imageHandlers} from '../../../src/images/image-handlers.js';
import type {ImageVerifyResult} from '../../../src/images/image-steps.js';
import {planImages, type ImagesRequest} from '../../../src/images/plan-images.js';
import {
	executePlan, type Json, type Step, type StepContext,
} from '../../../src/plan/index.js';
import {digestOfFile, type Git} from '../../../src/system/index.js';
import {compareSource} from '../../../src/tags/compare-source.js';
import {createFakeEngine, type FakeAnswers} from '../../_helpers/fake-engine.js';
import {
	dialect, directiveOf, requestOf, tagSettings,
} from '../../_helpers/image-inputs.js';
import {createMemoryStore} from '../../_helpers/memory-store.js';
import {createRecordingReporter, handlersOf, planOf} from '../../_helpers/plan-of.js';
import {registryClient} from '../../_helpers/registry-client.js';

const image = `sha256:${'e'.repeat(64)}`;
const base = {image: `sha256:${'f'.repeat(64)}`, reference: 'stx-build/base:1'};
const inventory = {packages: {dpkg: '1.22', 'libc6:amd64': '2.41-12'}, distributions: {keystone: '30.0.0'}};
const good = {
	checks: [{
		check: 'GET /v3', status: 'passed', seconds: 1, detail: '200',
	}],
	inventory,
};
const answer = (document: Json): string => `noise\n${JSON.stringify(document)}\n`;

const nothing = (): never => {
	throw new Error('was not expected');
};

/** A workspace with a dialect and wheels in a store; `steps` runs the handlers one after the other. */
async function createWorld(t: ExecutionContext, answers: FakeAnswers = {}, more: Partial<ImagesRequest> = {}, proxy?: string) {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-images-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const store = createMemoryStore();
	const loci = path.join(folder, 'loci');
	await mkdir(loci);
	for (const name of ['Dockerfile', 'install.sh', 'verify.py']) {
		await writeFile(path.join(loci, name), `${name}\n`);
	}

	const file = async (name: string) => ({
		name, source: path.join(loci, name), digest: await digestOfFile(path.join(loci, name)), executable: name === 'install.sh',
	});
	const wheels = await Promise.all(['pip-26.3', 'keystone-30.0.0'].map(async wheel => {
		const [name, version] = wheel.split('-') as [string, string];
		return {
			name: name as never, version, filename: `${wheel}-py3-none-any.whl`, ...await store.add(Readable.from([wheel])),
		};
	}));
	const steps = planImages(requestOf({
		settings: {...tagSettings, workspace: folder},
		wheelsOf: () => wheels,
		...more,
		dialect: {
			...dialect, ...more.dialect, files: [await file('Dockerfile'), await file('install.sh')], verifier: {file: path.join(loci, 'verify.py'), digest: (await file('verify.py')).digest},
		},
	}));
	const engine = createFakeEngine({build: async () => image, run: async () => ({stdout: answer(good)}), ...answers});
	engine.images.set(base.reference, base.image);
	let ticks = 0;
	const handlers = imageHandlers({
		store, run: nothing, git: {extract: async () => undefined} as unknown as Git, engine: async () => engine, registry: async () => registryClient(), version: '0.1.0', caBundle: '/etc/ca.pem', httpProxy: proxy, httpsProxy: undefined, noProxy: undefined,
		clock: {
			now: () => new Date('2026-11-21T00:00:00Z'),
			monotonic() {
				ticks += 1500;
				return ticks;
			},
		},
	});
	const results = new Map<string, Json>([['base', base]]);
	const warnings: string[] = [];
	const context: StepContext = {
		result: id => results.get(id)!,
		progress: () => undefined,
		warn(message) {
			warnings.push(message);
		},
		signal: new AbortController().signal,
	};
	const step = (part: string): Step => steps.find(({id}) => id.startsWith(`${part}:`))!;
	return {
		folder, store, engine, handlers, results, warnings, step, built: path.join(folder, 'std/build-images'), loci,
		async run(...parts: readonly string[]) {
			for (const part of parts) {
				const {id, kind} = step(part);
				results.set(id, await handlers[kind]!.run(step(part), context));
			}
		},
	};
}

test('W65: an image is built from a staged context with its own wheels alone, of which nothing is left', async t => {
	let seen: {request: BuildRequest; files: readonly string[]; constraints: string; wheel: string} | undefined;
	const world = await createWorld(t, {
		async build(request) {
			seen = {
				request,
				files: (await readdir(request.context, {recursive: true})).toSorted(),
				constraints: await readFile(path.join(request.context, 'wheels/upper-constraints.txt'), 'utf8'),
				wheel: await readFile(path.join(request.context, 'wheels/pip-26.3-py3-none-any.whl'), 'utf8'),
			};
			return image;
		},
	});
	await world.run('image');
	t.deepEqual(seen?.files, ['Dockerfile', 'install.sh', 'wheels', 'wheels/global-requirements.txt', 'wheels/keystone-30.0.0-py3-none-any.whl', 'wheels/pip-26.3-py3-none-any.whl', 'wheels/upper-constraints.txt']);
	t.is(seen?.constraints, 'keystone===30.0.0\npip===26.3\n');
	t.is(seen?.wheel, 'pip-26.3');
	t.is(seen?.request.file, path.join(seen!.request.context, 'Dockerfile'));
	t.deepEqual(seen?.request.buildArgs, {
		FROM: base.reference, PROJECT: 'keystone', PROJECT_REF: '30.0.0', PROJECT_REPO: 'pypi',
	});
	t.deepEqual(seen?.request.secrets, [{id: 'ca', source: '/etc/ca.pem'}]);
	t.is(seen?.request.labels?.['io.stx-build.key'], world.step('image').key);
	t.is(seen?.request.labels?.['io.stx-build.base'], base.image);
	await t.throwsAsync(stat(seen!.request.context), {code: 'ENOENT'});
	const result = world.results.get('image:stx-keystone') as {image: string; built: string; seconds: number; wheels: unknown[]};
	t.is(result.image, image);
	t.is(result.built, '2026-11-21T00:00:00.000Z');
	t.is(result.seconds, 1.5);
	t.is(result.wheels.length, 2);
});

test('proxies come as a secret of the build, in a file that is gone afterwards', async t => {
	let source = '';
	const world = await createWorld(t, {
		async build({secrets, buildArgs, labels}) {
			source = secrets!.find(({id}) => id === 'proxy')!.source;
			t.is(await readFile(source, 'utf8'), 'http_proxy=http://me:secret@proxy.example.com:3128\n');
			t.false(JSON.stringify([buildArgs, labels]).includes('secret'));
			return image;
		},
	}, {}, 'http://me:secret@proxy.example.com:3128');
	await world.run('image');
	await t.throwsAsync(stat(source), {code: 'ENOENT'});
	t.false(JSON.stringify([world.step('image'), ...world.results.values()]).includes('secret'));
});

test('a wheel whose bytes have changed is found before it is used', async t => {
	const world = await createWorld(t, {}, {});
	world.store.extractTo = async () => {
		throw new BuildError('STX0906', 'the content is not what it was');
	};

	await t.throwsAsync(world.run('image'), {code: 'STX0906'});
	t.deepEqual(await readdir(path.join(world.built, 'context')), []);
});

test('a file of the dialect that has changed since the plan was made is refused', async t => {
	const world = await createWorld(t);
	await writeFile(path.join(world.loci, 'install.sh'), 'other\n');
	await t.throwsAsync(world.run('image'), {code: 'STX0610', message: /`install\.sh` has changed/});
});

test('a base image that is another one by now is refused', async t => {
	const world = await createWorld(t);
	world.engine.images.set(base.reference, image);
	await t.throwsAsync(world.run('image'), {code: 'STX0610', message: /not the base image/});
});

for (const [title, log, code, message] of [
	['a missing distribution', 'ERROR: Could not find a version that satisfies the requirement oslo.config>=6.8.0 (from keystone) (from versions: none)', 'STX0611', /needs `oslo\.config>=6\.8\.0`, and its wheels do not have it \(`keystone` requires it\)/],
	['a conflict', 'The conflict is caused by:\n    a 1 depends on c<2\n\n', 'STX0611', /do not fit together\na 1 depends on c<2/],
	['what the installer says', 'install: CUSTOMIZATION failed', 'STX0610', /could not be built: CUSTOMIZATION failed/],
	['anything else', 'E: Unable to locate package x', 'STX0610', /could not be built: the image could not be built/],
] as const) {
	test(`a build that fails names ${title}, and the log`, async t => {
		const world = await createWorld(t, {
			async build(request, {logFile}) {
				await appendFile(logFile!, `#6 0.1 ${log.replaceAll('\n', '\n#6 0.1 ')}\n`);
				throw new BuildError('STX0703', 'the image could not be built');
			},
		});
		const logFile = path.join(world.built, 'docker-stx-keystone-debian-trixie-amd64-stable.log');
		await mkdir(world.built, {recursive: true});
		await writeFile(logFile, 'ERROR: Could not find a version that satisfies the requirement old (from versions: none)\n');
		const error = await t.throwsAsync(world.run('image'), {instanceOf: BuildError, code});
		t.regex(error.message, message);
		t.deepEqual(error.at, [{file: logFile}]);
		t.is(error.exitCode, 1);
	});
}

test('the image is tried without a network, by a program from outside of it', async t => {
	const world = await createWorld(t, {
		async run(request, options) {
			const {source, target, readOnly} = request.mounts![0]!;
			t.deepEqual((await readdir(source)).toSorted(), ['pip-26.3-py3-none-any.whl', 'verify.py']);
			t.deepEqual({
				image: request.image, argv: request.argv, network: request.network, target, readOnly,
			}, {
				image, argv: ['/var/lib/openstack/bin/python', '/mnt/verify.py'], network: 'none', target: '/mnt', readOnly: true,
			});
			t.deepEqual(JSON.parse(request.input!), {
				pip: '/mnt/pip-26.3-py3-none-any.whl',
				distributions: [{name: 'keystone', version: '30.0.0'}],
				packages: [],
				absent: {distributions: ['pip'], packages: ['python3-pip', 'python-pip-whl']},
				scripts: ['keystone'],
				loads: [],
				setup: [],
				skip: [],
				service: null,
			});
			t.is(options.logFile, path.join(world.built, 'docker-stx-keystone-debian-trixie-amd64-stable-verify.log'));
			return {
				stdout: answer({
					inventory, checks: [...good.checks, {
						check: 'script x', status: 'warning', seconds: 1, detail: 'x --help: exit code 1\nmore',
					}],
				}),
			};
		},
	});
	await world.run('image', 'verify');
	t.deepEqual(world.warnings, ['stx-keystone: script x: x --help: exit code 1']);
	t.is((world.results.get('verify:stx-keystone') as ImageVerifyResult).checks.length, 2);
});

test('every check that failed is named, and the image gets no tag', async t => {
	const world = await createWorld(t, {
		run: async () => ({
			stdout: answer({
				inventory, checks: [
					...good.checks, {
						check: 'distribution uwsgi', status: 'failed', seconds: 0, detail: 'not installed',
					}, {
						check: 'GET /', status: 'failed', seconds: 0, detail: ['status 500, not 200', ...Array.from({length: 30}, (_, line) => `line ${line}`)].join('\n'),
					},
				],
			}),
		}),
	});
	const error = await t.throwsAsync(world.run('image', 'verify'), {instanceOf: BuildError, code: 'STX0612'});
	t.regex(error.message, /2 of 3 checks failed.*\ndistribution uwsgi: not installed\nGET \/: status 500, not 200\n {2}…\n {2}line 18\n/);
	t.regex(error.message, /line 29$/);
	t.is(error.exitCode, 1);
	t.deepEqual([...world.engine.images.keys()], [base.reference, image]);
});

for (const [title, result] of [
	['ends badly', {exitCode: 1, output: 'exec: no such file'}],
	['says nothing', {stdout: ''}],
	['says something else', {stdout: '{"checks":[{"check":1}]}\n'}],
	['takes too long', {exitCode: 137, timedOut: true, stdout: answer(good)}],
] as const) {
	test(`an image whose trial ${title} is not taken for good`, async t => {
		const world = await createWorld(t, {run: async () => result});
		await t.throwsAsync(world.run('image', 'verify'), {instanceOf: BuildError, code: 'STX0613'});
	});
}

test('a good image is tagged and recorded', async t => {
	const world = await createWorld(t);
	await world.run('image', 'verify', 'tag', 'record');
	const reference = 'starlingx/stx-keystone:master-debian-trixie-amd64-stable-build';
	t.is(world.engine.images.get(reference), image);
	const record = JSON.parse(await readFile(path.join(world.built, 'stx-keystone-debian-trixie-amd64-stable.json'), 'utf8')) as Record<string, unknown>;
	t.like(record, {
		version: 1, label: 'stx-keystone', image, key: world.step('image').key, tags: [reference], pushed: [], base, dialect: 'builtin', verify: {checks: good.checks}, built: '2026-11-21T00:00:00.000Z', seconds: {build: 1.5, verify: 1.5}, engine: {name: 'docker', version: '1'}, stxBuild: '0.1.0',
	});
	t.is((record.wheels as unknown[]).length, 2);
});

test('W37: an image says what it was made from, and its record what is in it', async t => {
	let labels: Readonly<Record<string, string>> = {};
	const world = await createWorld(t, {
		async build(request) {
			labels = request.labels!;
			return image;
		},
		inspect: async () => ({labels: {'org.opencontainers.image.title': 'the base', 'org.opencontainers.image.version': '13', maintainer: 'them'}}),
	});
	const known = {...base, digest: `sha256:${'1'.repeat(64)}`};
	world.results.set('base', {...known, apt: {packages: 300}});
	await world.run('image', 'verify', 'tag', 'record');
	const record = JSON.parse(await readFile(path.join(world.built, 'stx-keystone-debian-trixie-amd64-stable.json'), 'utf8')) as Record<string, unknown>;
	t.deepEqual(labels, {
		'org.opencontainers.image.title': '',
		'org.opencontainers.image.version': '30.0.0',
		'org.opencontainers.image.base.name': base.reference,
		'org.opencontainers.image.base.digest': known.digest,
		'io.stx-build.key': world.step('image').key,
		'io.stx-build.base': base.image,
		'io.stx-build.wheels': labels['io.stx-build.wheels']!,
		'io.stx-build.dialect': 'builtin',
	});
	t.deepEqual(record.labels, labels);
	t.deepEqual(record.inventory, inventory);
	t.deepEqual(record.base, known);
	t.true((record.wheels as ReadonlyArray<{digest: string}>).every(({digest}) => /^sha256:[\da-f]{64}$/v.test(digest)));
});

test('W34: an image of a repository says of which commit it is, whatever its branch is by now', async t => {
	const commit = 'c0ffee'.padEnd(40, '0');
	const source = {url: 'https://opendev.org/openstack/keystone', ref: 'master', commit};
	const seen: Array<Readonly<Record<string, string>>> = [];
	const world = await createWorld(t, {
		async build(request) {
			seen.push(request.labels!);
			return image;
		},
	}, {
		directives: [directiveOf(`PROJECT=keystone\nPROJECT_REPO=${source.url}\nPROJECT_REF=master`)],
		dialect: {...dialect, loci: {place: 'https://opendev.org/openstack/loci', refused: {projects: [], profiles: []}}},
		sources: {
			of: () => [{...source, name: 'project', step: 'source:keystone'}], projectOf: () => ({
				...source, name: 'keystone', version: '30.0.1.dev7', requires: [], buildRequires: [],
			}),
		},
	});
	world.results.set('source:keystone', {});
	await world.run('image');
	t.like(seen[0], {
		'org.opencontainers.image.source': source.url, 'org.opencontainers.image.revision': commit, 'org.opencontainers.image.version': '30.0.1.dev7', 'io.stx-build.source.project': commit,
	});
	t.is(compareSource(`${source.url}/commit/${commit}`, seen[0]!, 'x'), undefined, '`tags apply` can tell it');
});

test('a result holds as long as the engine has the image, the tag and the record', async t => {
	const world = await createWorld(t);
	await world.run('image', 'verify', 'tag', 'record');
	const holds = async (part: string): Promise<boolean> => {
		const step = world.step(part);
		return world.handlers[step.kind]!.holds(world.results.get(step.id)!, step);
	};

	const all = async () => Promise.all(['image', 'verify', 'tag', 'record'].map(async part => holds(part)));
	t.deepEqual(await all(), [true, true, true, true]);
	await appendFile(path.join(world.built, 'stx-keystone-debian-trixie-amd64-stable.json'), ' ');
	t.deepEqual(await all(), [true, true, true, false]);
	await world.engine.remove('starlingx/stx-keystone:master-debian-trixie-amd64-stable-build');
	t.deepEqual(await all(), [true, true, false, false]);
	await world.engine.remove(image);
	t.deepEqual(await all(), [false, false, false, false]);
});

test('of two runs that build one image at once, and not the same, the record is about the image that was verified and has the name', async t => {
	const other = `sha256:${'a'.repeat(64)}`;
	const ids = [other, image];
	const verified: string[] = [];
	let [begin, finish] = [nothing as () => void, nothing as () => void];
	const begun = new Promise<void>(resolve => {
		begin = resolve;
	});
	const finished = new Promise<void>(resolve => {
		finish = resolve;
	});
	const world = await createWorld(t, {
		async build() {
			const id = ids.shift()!;
			if (id === other) {
				begin();
				await finished;
			}

			return id;
		},
		async run(request) {
			verified.push(request.image);
			return {stdout: answer(good)};
		},
	});
	const plan = planOf([{id: 'base'}, ...['image', 'verify', 'tag', 'record'].map(part => world.step(part))]);
	const execute = async () => executePlan(plan, {
		handlers: {...world.handlers, ...handlersOf({run: async () => base})},
		store: world.store,
		reporter: createRecordingReporter(),
		signal: new AbortController().signal,
		capacity: {network: 1, cpu: 1},
		now: () => 0,
	});
	const slow = execute();
	await begun;
	const outcomes = await execute();
	finish();
	for (const {status} of [...outcomes, ...await slow]) {
		t.true(['built', 'unchanged'].includes(status));
	}

	const file = path.join(world.built, 'stx-keystone-debian-trixie-amd64-stable.json');
	const told = async () => {
		const record = JSON.parse(await readFile(file, 'utf8')) as {readonly image: string; readonly tags: readonly [string]};
		return [record.image, world.engine.images.get(record.tags[0])];
	};

	t.true(verified.includes((await told())[0]!));
	t.deepEqual(await told(), [image, image]);
	await rm(file);
	await execute();
	t.deepEqual(await told(), [image, image], 'also when it is written from what both runs have kept');
});

test('W12: a name that cannot be given, and a folder that cannot be made, are failures of the image', async t => {
	const world = await createWorld(t);
	Object.assign(world.engine, {
		async tag() {
			throw new BuildError('STX0704', 'docker tag failed');
		},
	});
	await world.run('image', 'verify');
	await t.throwsAsync(world.run('tag'), {instanceOf: BuildError, code: 'STX0704'});
	const other = await createWorld(t);
	await mkdir(path.join(other.built, '..'), {recursive: true});
	await writeFile(other.built, 'a file where the folder of the images belongs');
	await t.throwsAsync(other.run('image'));
});
