import {appendFile, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {Readable} from 'node:stream';
import {text} from 'node:stream/consumers';
import test from 'ava';
import {
	baseHandlers, planBase, type BaseRequest, type BaseResult, type RootResult,
} from '../../../src/base/index.js';
import type {BuildRequest, Engine, ImportRequest} from '../../../src/engine/index.js';
import {BuildError} from '../../../src/errors.js';
import type {Json, StepContext} from '../../../src/plan/index.js';
import type {Registry} from '../../../src/registry/index.js';
import {withTemporaryFolder} from '../../../src/system/index.js';
import {fakeRunner} from '../../_helpers/fake-runner.js';
import {createMemoryStore} from '../../_helpers/memory-store.js';

const image = `sha256:${'ab'.repeat(32)}`;
const built = `sha256:${'cd'.repeat(32)}`;
const digest = 'f6'.repeat(32);

const request: BaseRequest = {
	os: 'debian',
	codename: 'trixie',
	arch: 'amd64',
	debianMirror: 'http://deb.debian.org/debian',
	debianSecurityMirror: 'http://deb.debian.org/debian-security',
	recipe: {
		packages: ['git', 'sudo'], starlingxPackages: ['python3-pip'], osVersion: '13.0', dockerfile: '/p/Dockerfile', script: new URL('../../../build-config/base/install-packages', import.meta.url).pathname, digests: [],
	},
};

const filesInside: Readonly<Record<string, string>> = {
	'/etc/os-release': 'ID=debian\nVERSION_CODENAME=trixie\n',
	'/var/lib/dpkg/status': 'Package: python3\nStatus: install ok installed\nVersion: 3.13.5-1\n\nPackage: libc6\nStatus: install ok installed\nVersion: 2.41-12\n',
	'/usr/share/stx-build/apt-state': `${digest}|trixie|Sat, 12 Sep 2026 07:55:41 UTC\n`,
};

/** An engine that holds names only, and notes what it is asked. */
function fakeEngine(names: Readonly<Record<string, string>> = {}, files = filesInside) {
	const tags = new Map(Object.entries(names));
	const asked: string[] = [];
	const builds: Array<BuildRequest & {readonly secretTexts: Readonly<Record<string, string>>}> = [];
	const imports: ImportRequest[] = [];
	const engine: Partial<Engine> = {
		name: 'docker',
		find: async reference => tags.get(reference),
		async tag(id, reference) {
			tags.set(reference, id);
		},
		async pull(reference) {
			asked.push(`pull ${reference}`);
			tags.set(reference, image);
			return {id: image, digest: `sha256:${digest}`};
		},
		async importRoot(what) {
			imports.push(what);
			return image;
		},
		async build(what) {
			const secretTexts = Object.fromEntries(await Promise.all((what.secrets ?? []).map(async ({id, source}) => [id, await readFile(source, 'utf8')] as const)));
			builds.push({...what, secretTexts});
			return built;
		},
		inspect: async () => ({
			env: [], entrypoint: [], cmd: [], user: '', labels: {maintainer: 'them', 'org.opencontainers.image.version': '13'},
		}),
		async run({argv}) {
			const content = files[argv[1]!];
			return {
				exitCode: content === undefined ? 1 : 0, stdout: content ?? '', stderr: '', output: content ?? '', timedOut: false,
			};
		},
	};
	return {
		engine: async () => engine as Engine, tags, asked, builds, imports,
	};
}

const ignore = (): void => undefined;

const context = (results: Readonly<Record<string, unknown>> = {}): StepContext => ({
	result: id => results[id] as Json,
	progress: ignore,
	warn: ignore,
	signal: new AbortController().signal,
});

const effects = (engine: () => Promise<Engine>) => ({
	run: fakeRunner([]).run, store: createMemoryStore(), engine, logs: '/logs', async registry(): Promise<Registry> {
		throw new Error('no registry was expected to be asked');
	},
});

test('imports the root from the store, and names the image for ever', async t => {
	const fake = fakeEngine();
	const own = effects(fake.engine);
	const stored = await own.store.add(Readable.from(['tar']));
	const [, step] = planBase(request);
	const {sources} = step!.inputs as {sources: string[]};
	const root: RootResult = {
		...stored, apt: {suites: [], packages: 2, digest: `sha256:${digest}`}, target: {python: '3.13', pythonVersion: '3.13.5', glibc: '2.41'}, sources,
	};
	const handler = baseHandlers(own)['base.import']!;
	const result = await handler.run(step!, context({'base:root': root})) as BaseResult;
	t.deepEqual(result, {
		image, reference: 'localhost/stx-build/base-debian-trixie:abababababababab', apt: root.apt, target: root.target, sources, trusted: [],
	});
	t.is(fake.tags.get(result.reference), image);
	const [imported] = fake.imports;
	t.like(imported, {arch: 'amd64', digest: stored.digest, size: 3});
	t.is(await text((imported as {open: () => Readable}).open()), 'tar');

	t.true(await handler.holds(result, step!));
	const [, elsewhere] = planBase({...request, debianMirror: 'http://mirror.example.com/debian'});
	t.is(elsewhere!.key, step!.key);
	t.false(await handler.holds(result, elsewhere!), 'its sources.list names another mirror');
	fake.tags.set(result.reference, built);
	t.false(await handler.holds(result, step!), 'the name stands for another image');
	fake.tags.clear();
	t.false(await handler.holds(result, step!), 'the image is gone');
});

test('a root holds as long as it is in the store and of these mirrors', async t => {
	const own = effects(fakeEngine().engine);
	const stored = await own.store.add(Readable.from(['tar']));
	const [step] = planBase(request);
	const {sources} = step!.inputs as {sources: string[]};
	const handler = baseHandlers(own)['base.bootstrap']!;
	t.true(await handler.holds({...stored, sources}, step!));
	t.false(await handler.holds({...stored, sources: ['deb http://other trixie main']}, step!));
	own.store.contents.clear();
	t.false(await handler.holds({...stored, sources}, step!));
});

test('fetches an image only when it is not there, or is wanted anew', async t => {
	const reference = 'docker.io/library/debian:trixie';
	const there = fakeEngine({[reference]: built});
	const [step] = planBase({...request, from: 'debian:trixie'});
	const handler = baseHandlers(effects(there.engine))['base.pull']!;
	t.deepEqual(await handler.run(step!, context()), {image: built, reference, digest: null});
	t.deepEqual(there.asked, []);

	const [anew] = planBase({...request, from: 'debian:trixie', generation: 'x'});
	const pulled = await handler.run(anew!, context());
	t.deepEqual(pulled, {image, reference, digest: `sha256:${digest}`});
	t.deepEqual(there.asked, [`pull ${reference}`]);
	t.true(await handler.holds(pulled, anew!));

	const missing = fakeEngine();
	await baseHandlers(effects(missing.engine))['base.pull']!.run(step!, context());
	t.deepEqual(missing.asked, [`pull ${reference}`]);
});

test('adds to an image what is missing, with proxies and certificates as secrets', async t => {
	await withTemporaryFolder('test', async folder => {
		const caBundle = path.join(folder, 'ca.pem');
		await writeFile(caBundle, 'CERTIFICATE');
		const reference = 'docker.io/library/debian:trixie';
		const fake = fakeEngine({[reference]: image});
		const [, step] = planBase({...request, from: 'debian:trixie'});
		const handler = baseHandlers({...effects(fake.engine), caBundle, httpProxy: 'http://u:p@proxy'})['base.image']!;
		const result = await handler.run(step!, context({'base:pull': {image, reference, digest: `sha256:${digest}`}})) as BaseResult;
		t.deepEqual(result, {
			image: built,
			reference: 'localhost/stx-build/base-debian-trixie:cdcdcdcdcdcdcdcd',
			apt: {
				suites: [{suite: 'trixie', date: '2026-09-12T07:55:41.000Z', digest: `sha256:${digest}`}],
				packages: 2,
				digest: result.apt.digest,
			},
			target: {python: '3.13', pythonVersion: '3.13.5', glibc: '2.41'},
			sources: [],
			trusted: [],
			from: {reference, digest: `sha256:${digest}`},
		});
		const [build] = fake.builds;
		t.deepEqual(build?.buildArgs, {FROM: reference, CODENAME: 'trixie', PACKAGES: 'git sudo'});
		t.deepEqual(build?.labels, {
			'org.opencontainers.image.version': '', 'org.opencontainers.image.base.name': reference, 'org.opencontainers.image.base.digest': `sha256:${digest}`,
		}, 'what the image from the registry says of itself is not said of this one');
		t.deepEqual(build?.secretTexts, {
			'apt.conf': '// For this build only.\nAcquire::http::Proxy "http://u:p@proxy";\nAcquire::https::CAInfo "/run/stx-build/ca.pem";\n', ca: 'CERTIFICATE',
		});
		t.false(JSON.stringify([step, result]).includes('u:p@'));
		t.true(await handler.holds(result, step!));
	});
});

test('with other repositories, the image holds as long as Debian\'s in it are of these mirrors', async t => {
	const reference = 'docker.io/library/debian:trixie';
	const fake = fakeEngine({[reference]: image});
	const repositories: BaseRequest['repositories'] = {
		stx: [], layers: [], origin: undefined, key: undefined,
	};
	const plan = (debianMirror: string) => planBase({
		...request, debianMirror, from: 'debian:trixie', repositories,
	})[1]!;
	const step = plan(request.debianMirror);
	const handler = baseHandlers(effects(fake.engine))['base.image']!;
	const result = await handler.run(step, context({'base:pull': {image, reference, digest: null}})) as BaseResult;
	t.is(result.sources.length, 3);
	t.true(await handler.holds(result, step));
	const elsewhere = plan('http://mirror.example.com/debian');
	t.is(elsewhere.key, step.key);
	t.false(await handler.holds(result, elsewhere), 'images switch on another mirror');
});

test('an image of another release is refused before anything is built', async t => {
	const fake = fakeEngine({'docker.io/library/debian:12': image}, {'/etc/os-release': 'VERSION_CODENAME=bookworm\n'});
	const [, step] = planBase({...request, from: 'debian:12'});
	await t.throwsAsync(baseHandlers(effects(fake.engine))['base.image']!.run(step!, context({'base:pull': {digest: null}})), {
		code: 'STX0503', message: '`docker.io/library/debian:12` is `bookworm`, but the settings say `trixie`',
	});
	t.is(fake.builds.length, 0);
});

test('W67: an image for another architecture is refused before anything is built or named', async t => {
	const files = {...filesInside, '/var/lib/dpkg/status': `${filesInside['/var/lib/dpkg/status']}\nPackage: dpkg\nStatus: install ok installed\nArchitecture: arm64\n`};
	const name = 'docker.io/library/debian:trixie';
	const fake = fakeEngine({[name]: image}, files);
	const [, build] = planBase({...request, from: 'debian:trixie'});
	const [take] = planBase({...request, image: 'debian:trixie'});
	const handlers = baseHandlers(effects(fake.engine));
	for (const step of [build, take]) {
		await t.throwsAsync(handlers[step!.kind]!.run(step!, context({'base:pull': {digest: null}})), {code: 'STX0503', message: '`docker.io/library/debian:trixie` is for `arm64`, but the settings say `amd64`'});
	}

	t.is(fake.builds.length, 0);
	t.deepEqual([...fake.tags.keys()], [name]);
	const [own] = planBase({...request, arch: 'arm64', image: 'debian:trixie'});
	t.like(await handlers['base.take']!.run(own!, context()), {image, reference: name});
});

test('takes an image that is there, and says so when it is not', async t => {
	const [step] = planBase({...request, image: 'localhost/base:1'});
	const fake = fakeEngine({'localhost/base:1': image});
	const handler = baseHandlers(effects(fake.engine))['base.take']!;
	const result = await handler.run(step!, context()) as BaseResult;
	t.like(result, {image, reference: 'localhost/base:1', target: {python: '3.13'}});
	t.true(await handler.holds(result, step!));
	const error = await t.throwsAsync<BuildError>(async () => baseHandlers(effects(fakeEngine().engine))['base.take']!.run(step!, context()), {code: 'STX0503'});
	t.regex(error.message, /docker has no image `localhost\/base:1`/v);
});

test('each run starts its log anew, and what apt says of a mirror comes first', async t => {
	await withTemporaryFolder('test', async folder => {
		const [pull, step] = planBase({...request, from: 'debian:trixie'});
		const fake = fakeEngine({'docker.io/library/debian:trixie': image});
		const engine: Partial<Engine> = {
			...await fake.engine(),
			async build(_request, options) {
				await appendFile(options!.logFile!, 'E: Failed to fetch http://x/InRelease  Could not resolve \'x\'\n');
				throw new BuildError('STX0703', 'the image could not be built: exit code 100');
			},
		};
		const handlers = baseHandlers({...effects(async () => engine as Engine), logs: folder});
		const log = path.join(folder, 'base.log');
		await writeFile(log, 'of an earlier run\n');
		const error = await t.throwsAsync<BuildError>(async () => handlers['base.image']!.run(step!, context({'base:pull': {digest: null}})), {code: 'STX0502'});
		t.regex(error.message, /Could not resolve 'x'$/v);
		t.deepEqual(error.at, [{file: log}]);
		t.is(await readFile(log, 'utf8'), 'E: Failed to fetch http://x/InRelease  Could not resolve \'x\'\n');

		await writeFile(path.join(folder, 'base-pull.log'), 'of an earlier run\n');
		await handlers['base.pull']!.run(pull!, context());
		await t.throwsAsync(readFile(path.join(folder, 'base-pull.log')), {code: 'ENOENT'});
	});
});

test('logs have names of files', t => {
	const handlers = baseHandlers(effects(fakeEngine().engine));
	t.is(handlers['base.bootstrap']!.logFile?.(planBase(request)[0]!), '/logs/base-root.log');
});
