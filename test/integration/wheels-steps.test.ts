import {Buffer} from 'node:buffer';
import {
	appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {Readable} from 'node:stream';
import test, {type ExecutionContext} from 'ava';
import type {Engine, RunRequest} from '../../src/engine/index.js';
import {
	keyOf, type Json, type Step, type StepContext,
} from '../../src/plan/index.js';
import type {PypiClient} from '../../src/pypi/index.js';
import {createTarget, normalizeName, parseConstraints} from '../../src/python/index.js';
import {
	createStore, readMembers, type RunOptions, type RunResult,
} from '../../src/system/index.js';
import {
	openTarball, recordFile, wheelHandlers, wheelsOfTarball, type FileResult, type TarballResult, type WheelEffects,
} from '../../src/wheels/index.js';
import {digestOfModule} from '../../src/wheels/inputs/module-tree.js';
import {
	sdistOf, tarOf, wheelOf, type MadeFile,
} from '../_helpers/archives.js';
import {failureOf, thrownBy} from '../_helpers/failure.js';

const target = createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'});

async function makeEffects(t: ExecutionContext, run?: (request: RunRequest, options: RunOptions) => Promise<Partial<RunResult>>) {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'stx-build-steps-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const engine = {
		run: async (request: RunRequest, options: RunOptions): Promise<RunResult> => ({
			exitCode: 0, stdout: '', stderr: '', output: '', timedOut: false, ...await run?.(request, options),
		}),
	} as unknown as Engine;
	const effects: WheelEffects = {
		pypi: undefined as unknown as PypiClient,
		store: createStore(path.join(folder, 'store')),
		engine: async () => engine,
		uv: async () => ({file: '/cache/uv/1/uv', version: '1', digest: 'sha256:00'}),
		target,
		constraints: parseConstraints('# head\nb===0.9\nkeystone===1\nc===1;python_version<\'3\'\n', 'upper-constraints.txt'),
		cache: path.join(folder, 'cache'),
		logs: path.join(folder, 'logs'),
		caBundle: undefined,
		httpProxy: undefined,
		httpsProxy: undefined,
		noProxy: undefined,
	};
	return {folder, effects, handlers: wheelHandlers(effects)};
}

const contextOf = (results: Readonly<Record<string, Json>>): StepContext => ({
	result: id => results[id]!,
	progress() {
		// Not looked at.
	},
	warn() {
		// Not looked at.
	},
	signal: new AbortController().signal,
});

const stepOf = (kind: string, inputs: Json, needs: readonly string[] = []): Step => ({
	id: kind, kind, title: kind, group: 'wheels', needs, key: keyOf(kind), inputs, uses: 'cpu',
});

async function storeOf(effects: WheelEffects, made: MadeFile, metadata?: FileResult['metadata']): Promise<FileResult> {
	const {digest, size} = await effects.store.add(Readable.from([made.content]));
	return {
		filename: made.filename, digest, size, ...(metadata && {metadata}),
	};
}

const wheels = async () => Promise.all([
	wheelOf({name: 'A', version: '1', requires: ['b>=1', 'keystone']}), wheelOf({name: 'b', version: '1.0', tag: 'cp313-cp313-linux_x86_64'}), wheelOf({name: 'keystone', version: '1'}),
]);

async function tarballStep(effects: WheelEffects, file: string, {reversed = false, without = ''} = {}) {
	const made = (await wheels()).filter(({filename}) => !filename.startsWith(without === '' ? '!' : without));
	const names = made.map(({filename}) => filename.split('-')[0]!);
	const results: Readonly<Record<string, Json>> = Object.fromEntries<Json>(await Promise.all(made.map(async (item): Promise<[string, Json]> => {
		const [name, version] = item.filename.split('-') as [string, string];
		return [`fetch:${item.filename}`, await storeOf(effects, item, {name, version, requiresDist: name === 'A' ? ['b>=1', 'keystone'] : []})];
	})));
	const listed = names.map((name, index) => ({name: normalizeName(name), version: '1', step: `fetch:${made[index]!.filename}`}));
	const inputs = {
		file, lockInputs: keyOf('lock'), globalRequirements: 'a\n', wheels: reversed ? listed.toReversed() : listed, roots: {'stx-a': ['A']},
	};
	return {step: stepOf('wheels.tarball', inputs), context: contextOf(results)};
}

test('the tarball is flat, has the constraints of what was built, and a record beside it', async t => {
	const {folder, effects, handlers} = await makeEffects(t);
	const file = path.join(folder, 'std', 'stx-debian-stable-wheels.tar');
	const {step, context} = await tarballStep(effects, file);
	const result = await handlers['wheels.tarball']!.run(step, context) as unknown as TarballResult;
	const members = await readMembers(file, () => true);
	t.deepEqual([...members.keys()], ['A-1-py3-none-any.whl', 'b-1.0-cp313-cp313-linux_x86_64.whl', 'global-requirements.txt', 'keystone-1-py3-none-any.whl', 'upper-constraints.txt']);
	t.is(members.get('upper-constraints.txt')!.toString(), '# head\nb===1.0\nc===1;python_version<\'3\'\nA===1\n');
	t.is(members.get('global-requirements.txt')!.toString(), 'a\n');
	const record = JSON.parse(await readFile(recordFile(file), 'utf8')) as {digest: string; labels: unknown; wheels: ReadonlyArray<{filename: string}>};
	t.is(record.digest, result.digest);
	t.deepEqual(record.labels, {'stx-a': ['a', 'b', 'keystone']});
	t.is(record.wheels.length, 3);

	t.true(await handlers['wheels.tarball']!.holds(result, step));
	await appendFile(file, 'x');
	t.false(await handlers['wheels.tarball']!.holds(result, step));
	t.false(await handlers['wheels.tarball']!.holds(result, stepOf('wheels.tarball', {...step.inputs as object, file: path.join(folder, 'other.tar')})));
});

test('the same wheels in another order give the same bytes', async t => {
	const {folder, effects, handlers} = await makeEffects(t);
	const digests = await Promise.all([false, true].map(async reversed => {
		const file = path.join(folder, String(reversed), 'stx-debian-stable-wheels.tar');
		const {step, context} = await tarballStep(effects, file, {reversed});
		return (await handlers['wheels.tarball']!.run(step, context) as unknown as TarballResult).digest;
	}));
	t.is(digests[0], digests[1]);
});

test('a set that is not closed makes no tarball, and the chain is named', async t => {
	const {folder, effects, handlers} = await makeEffects(t);
	const file = path.join(folder, 'stx-debian-stable-wheels.tar');
	const {step, context} = await tarballStep(effects, file, {without: 'b-'});
	const error = await failureOf(async () => handlers['wheels.tarball']!.run(step, context));
	t.is(error.code, 'STX0418');
	t.regex(error.message, /no wheel of `b` \(A -> b\)/);
	t.deepEqual((await readdir(folder)).filter(name => name.endsWith('.tar') || name.endsWith('.json')), []);
});

test('a flipped byte in a stored wheel is found before it is packed', async t => {
	const {folder, effects, handlers} = await makeEffects(t);
	const file = path.join(folder, 'out', 'stx-debian-stable-wheels.tar');
	const {step, context} = await tarballStep(effects, file);
	const stored: string[] = [];
	const walk = async (at: string): Promise<void> => {
		for (const entry of await readdir(at, {withFileTypes: true})) {
			const name = path.join(at, entry.name);
			await (entry.isDirectory() ? walk(name) : Promise.resolve(stored.push(name)));
		}
	};

	await walk(path.join(folder, 'store', 'content-v2'));
	const [victim] = stored as [string];
	const bytes = await readFile(victim);
	bytes.writeUInt8((bytes.readUInt8(bytes.length - 30) + 1) % 256, bytes.length - 30);
	await rm(victim);
	await writeFile(victim, bytes);
	const error = await failureOf(async () => handlers['wheels.tarball']!.run(step, context));
	t.is(error.code, 'STX0906');
	t.deepEqual(await readdir(path.join(folder, 'out')), []);
});

test('an existing tarball is taken into the store; a wheel that is not there is named with its chain', async t => {
	const {folder, effects} = await makeEffects(t);
	const [a, b, keystone] = await wheels();
	const foreign = await wheelOf({name: 'lxml', version: '4', tag: 'pp39-pypy39_pp73-manylinux_2_24_x86_64'});
	const write = async (name: string, members: readonly MadeFile[], constraints = true): Promise<string> => {
		const file = path.join(folder, name);
		await writeFile(file, tarOf([
			...members.map(({filename, content}) => ({path: filename, content: new Uint8Array(content)})),
			...(constraints ? [{path: 'upper-constraints.txt', content: 'a===1\n'}] : []),
		]));
		return file;
	};

	const open = async (file: string) => openTarball(file, {store: effects.store, target, folder: path.join(folder, 'tmp')});
	const roots = [{label: 'stx-a', requirements: ['a'], at: {file: 'a.ini', line: 3}}];
	const set = await open(await write('all.tar', [a, b, keystone, foreign]));
	t.is(set.constraints, 'a===1\n');
	t.deepEqual(wheelsOfTarball(set, roots, target).get('stx-a')!.map(({name, filename}) => [name, filename]) as unknown, [['a', a.filename], ['b', b.filename], ['keystone', keystone.filename]]);
	t.true(await effects.store.has(`sha256:${a.sha256}`));

	const lacking = await open(await write('lacking.tar', [a, b]));
	const error = thrownBy(() => wheelsOfTarball(lacking, roots, target));
	t.is(error.message, 'the wheels for `stx-a` are not complete: no wheel of `keystone` (a -> keystone)');
	t.deepEqual(error.at, [{file: 'a.ini', line: 3}]);

	const absent = await failureOf(async () => open(path.join(folder, 'none.tar')));
	t.is(absent.code, 'STX0903');
	const unconstrained = await failureOf(async () => open(await write('bare.tar', [a], false)));
	t.is(unconstrained.code, 'STX0420');
	const noWheels = await failureOf(async () => open(await write('empty.tar', [])));
	t.is(noWheels.code, 'STX0420');
	const twice = await wheelOf({name: 'a', version: '2'});
	const doubled = await failureOf(async () => open(await write('twice.tar', [a, twice])));
	t.regex(doubled.message, /two wheels of `a`/);
	const liar = {...await wheelOf({name: 'a', version: '3', metadataName: 'b'})};
	const mislabelled = await failureOf(async () => open(await write('liar.tar', [liar])));
	t.is(mislabelled.code, 'STX0416');
});

const builder = {image: 'sha256:builder', reference: 'localhost/x'};

async function buildStep(effects: WheelEffects, source?: Json) {
	const sdist = sdistOf({name: 'thing', version: '1.0'});
	const tool = await wheelOf({name: 'setuptools', version: '80'});
	const inputs = {
		name: 'thing', version: '1.0', source: source ?? {step: 'sdist'}, environment: ['tool'], env: {CPUCOUNT: '2'}, recipe: '/recipe',
	};
	return {
		step: stepOf('wheels.build', inputs, ['builder', 'sdist', 'tool']),
		context: contextOf({builder, sdist: await storeOf(effects, sdist), tool: await storeOf(effects, tool)}),
	};
}

const mountOf = (request: RunRequest, at: string) => request.mounts!.find(mount => mount.target === at)!;

test('a build sees its source and its environment, no network and nothing of the host', async t => {
	const seen: RunRequest[] = [];
	const {effects, handlers} = await makeEffects(t, async request => {
		seen.push(request);
		t.deepEqual((await readdir(mountOf(request, '/build/source').source)).toSorted(), ['PKG-INFO', 'setup.py']);
		t.deepEqual(await readdir(mountOf(request, '/build/wheels').source), ['setuptools-80-py3-none-any.whl']);
		const out = mountOf(request, '/build/out').source;
		t.is(Math.floor((await stat(out)).mode % 0o1000), 0o777);
		const {filename, content} = await wheelOf({name: 'thing', version: '1.0', requires: ['a']});
		await writeFile(path.join(out, filename), new Uint8Array(content));
		return {output: 'done\n'};
	});
	const {step, context} = await buildStep(effects);
	const result = await handlers['wheels.build']!.run(step, context) as unknown as FileResult;
	t.is(result.filename, 'thing-1.0-py3-none-any.whl');
	t.deepEqual(result.metadata, {name: 'thing', version: '1.0', requiresDist: ['a']});
	t.true(await handlers['wheels.build']!.holds(result, step));
	const [request] = seen as [RunRequest];
	t.is(request.network, 'none');
	t.is(request.user, '1000:1000');
	t.deepEqual(request.mounts!.map(({target: at, readOnly}) => [at, readOnly]), [['/build/recipe', true], ['/build/source', true], ['/build/tools', true], ['/build/wheels', true], ['/build/out', false]]);
	t.like(request.env!, {
		CPUCOUNT: '2', PYTHONHASHSEED: '0', SOURCE_DATE_EPOCH: '315532800', TZ: 'UTC', HOME: '/build/home',
	});
	t.deepEqual(await readdir(path.join(effects.cache, 'tmp')), []);
});

test('what a build may not give', async t => {
	const given: MadeFile[] = [];
	const {effects, handlers} = await makeEffects(t, async request => {
		for (const {filename, content} of given.splice(0)) {
			await writeFile(path.join(mountOf(request, '/build/out').source, filename), new Uint8Array(content));
		}

		return {};
	});
	const {step, context} = await buildStep(effects);
	const build = async (...made: readonly MadeFile[]) => {
		given.push(...made);
		return failureOf(async () => handlers['wheels.build']!.run(step, context));
	};

	t.regex((await build()).message, /gave 0 wheels instead of one/);
	t.regex((await build(await wheelOf({name: 'thing', version: '1.1'}))).message, /^the build of thing 1\.0 gave `thing-1\.1-py3-none-any\.whl`$/);
	t.is((await build(await wheelOf({name: 'thing', version: '1.0', tag: 'cp312-cp312-linux_x86_64'}))).code, 'STX0402');
	t.is((await build(await wheelOf({name: 'thing', version: '1.0', metadataName: 'other'}))).code, 'STX0416');
	t.is((await build({...await wheelOf({name: 'thing', version: '1.0'}), content: Buffer.from('no zip')})).code, 'STX0910');
});

test('a failed build says what failed, where the log is, and what may help', async t => {
	let output = '';
	const {effects, handlers} = await makeEffects(t, async () => ({exitCode: 1, output}));
	const {step, context} = await buildStep(effects);
	const build = async (said: string) => {
		output = said;
		return failureOf(async () => handlers['wheels.build']!.run(step, context));
	};

	const header = await build('x.c:1:10: fatal error: ldap.h: No such file or directory\n');
	t.is(header.code, 'STX0417');
	t.is(header.exitCode, 1);
	t.deepEqual(header.at, [{file: path.join(effects.logs, 'thing-1.0.log')}]);
	t.is(header.hint, 'add the Debian package with `ldap.h` to builder-packages');
	t.regex((await build('ModuleNotFoundError: No module named \'cffi\'\n')).hint!, /needs `cffi`, add \[thing]/);
	t.regex((await build('Segmentation fault\n')).hint!, /read the log/);
	t.deepEqual(await readdir(path.join(effects.cache, 'tmp')), []);
});

test('a local module is built from what was planned, without what earlier builds left', async t => {
	const {folder, effects, handlers} = await makeEffects(t, async request => {
		t.deepEqual((await readdir(mountOf(request, '/build/source').source)).toSorted(), ['setup.py', 'thing']);
		const {filename, content} = await wheelOf({name: 'thing', version: '1.0'});
		await writeFile(path.join(mountOf(request, '/build/out').source, filename), new Uint8Array(content));
		return {};
	});
	const module = path.join(folder, 'module');
	await mkdir(path.join(module, 'thing', '__pycache__'), {recursive: true});
	await mkdir(path.join(module, 'build'));
	await mkdir(path.join(module, 'thing.egg-info'));
	for (const name of ['setup.py', 'thing/__init__.py', 'thing/__pycache__/x.pyc', 'build/old', 'thing.egg-info/PKG-INFO']) {
		await writeFile(path.join(module, name), name);
	}

	const planned = await digestOfModule(module);
	await writeFile(path.join(module, 'build', 'more'), 'x');
	t.is(await digestOfModule(module), planned);
	const {step, context} = await buildStep(effects, {folder: module, digest: planned});
	await handlers['wheels.build']!.run(step, context);
	await appendFile(path.join(module, 'setup.py'), '\n');
	const error = await failureOf(async () => handlers['wheels.build']!.run(step, context));
	t.is(error.code, 'STX0416');
	t.regex(error.message, /have changed since the plan was made/);
});
