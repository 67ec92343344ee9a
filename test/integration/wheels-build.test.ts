/** Builds of wheels with an engine that does what the test says. */
import {Buffer} from 'node:buffer';
import type {Stats} from 'node:fs';
import {
	appendFile, mkdir, readdir, readFile, stat, symlink, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {gzipSync} from 'node:zlib';
import test, {type ExecutionContext} from 'ava';
import type {Engine, RunRequest} from '../../src/engine/index.js';
import {digestOfFile, type RunOptions, type RunResult} from '../../src/system/index.js';
import type {FileResult, WheelEffects} from '../../src/wheels/index.js';
import type {BuildInputs} from '../../src/wheels/step-inputs.js';
import {digestOfModule} from '../../src/wheels/inputs/module-tree.js';
import {
	sdistOf, tarOf, wheelOf, type MadeFile,
} from '../_helpers/archives.js';
import {failureOf} from '../_helpers/failure.js';
import {
	buildInputs, contextOf, makeWheelSteps, stepOf, storeMade,
} from '../_helpers/wheel-effects.js';

type Answer = (request: RunRequest, options: RunOptions) => Promise<Partial<RunResult>>;

/** @param answers what builds do; the trial of the isolation goes well, and environments are made of nothing. */
async function makeBuilds(t: ExecutionContext, answers: {readonly build?: Answer; readonly environment?: Answer; readonly trial?: Answer}) {
	const engine = {
		name: 'docker',
		async run(request: RunRequest, options: RunOptions): Promise<RunResult> {
			const answer = request.argv[0] === '/usr/bin/python3'
				? answers.trial ?? (async () => ({stdout: 'tried\n'}))
				: (request.argv.includes('/build/recipe/make-environment') ? answers.environment : answers.build);
			return {
				exitCode: 0, stdout: '', stderr: '', output: '', timedOut: false, ...await answer?.(request, options),
			};
		},
	} as unknown as Engine;
	return makeWheelSteps(t, engine);
}

async function buildStep(effects: WheelEffects, changes: Partial<BuildInputs> = {}) {
	const sdist = sdistOf({name: 'thing', version: '1.0'});
	const tool = await wheelOf({name: 'setuptools', version: '80'});
	return {
		step: stepOf('wheels.build', buildInputs({env: {CPUCOUNT: '2', JOBS: '{processors}'}, processors: 3, ...changes}), ['builder', 'sdist', 'tool']),
		context: contextOf({builder: {image: 'sha256:builder', reference: 'localhost/x'}, sdist: await storeMade(effects, sdist), tool: await storeMade(effects, tool)}),
	};
}

const mountOf = (request: RunRequest, at: string) => request.mounts!.find(mount => mount.target === at)!;

async function give(request: RunRequest, ...made: readonly MadeFile[]): Promise<void> {
	for (const {filename, content} of made) {
		await writeFile(path.join(mountOf(request, '/build/out').source, filename), new Uint8Array(content));
	}
}

test('a build sees its source and its environment, no network and nothing of the host', async t => {
	const seen: RunRequest[] = [];
	const {effects, handlers} = await makeBuilds(t, {
		async environment(request) {
			t.deepEqual(await readdir(mountOf(request, '/build/wheels').source), ['setuptools-80-py3-none-any.whl']);
			return {};
		},
		async build(request) {
			seen.push(request);
			const project = path.join(mountOf(request, '/build/work').source, 'project');
			t.deepEqual((await readdir(project)).toSorted(), ['PKG-INFO', 'setup.py']);
			const owners = await Promise.all(['..', '.', 'setup.py'].map(async name => stat(path.join(project, name))));
			const [{uid}] = owners as [Stats, ...Stats[]];
			t.deepEqual(owners.map(owner => owner.uid), [uid, uid, uid]);
			t.regex(request.user!, new RegExp(String.raw`^${uid}:\d+$`));
			t.not(uid, 0);
			await give(request, await wheelOf({name: 'thing', version: '1.0', requires: ['a']}));
			return {output: 'done\n'};
		},
	});
	const {step, context} = await buildStep(effects);
	const result = await handlers['wheels.build']!.run(step, context) as unknown as FileResult;
	t.is(result.filename, 'thing-1.0-py3-none-any.whl');
	t.deepEqual(result.metadata, {name: 'thing', version: '1.0', requiresDist: ['a']});
	t.true(await handlers['wheels.build']!.holds(result, step));
	const [request] = seen as [RunRequest];
	t.is(request.network, 'none');
	t.true(request.untrusted);
	t.deepEqual(Object.fromEntries(request.mounts!.map(({target, readOnly}) => [target, readOnly])), {
		'/build/recipe': true, '/build/tools': true, '/build/env': true, '/build/home': false, '/tmp': false, '/build/work': false, '/build/out': false,
	});
	t.like(request.env!, {
		CPUCOUNT: '2', JOBS: '3', MAKEFLAGS: '-j3', PYTHONHASHSEED: '0', SOURCE_DATE_EPOCH: '315532800', TZ: 'UTC', HOME: '/build/home', CPPFLAGS: '-ffile-prefix-map=/build/work/project=. -g0',
	});
	t.false('CFLAGS' in request.env!);
	t.deepEqual(await readdir(path.join(effects.cache, 'tmp')), []);
});

test('builds with the same requirements share one environment, also of an earlier run', async t => {
	let made = 0;
	const {effects, handlers} = await makeBuilds(t, {
		async environment(request) {
			made++;
			await writeFile(path.join(mountOf(request, '/build/env').source, 'pyvenv.cfg'), 'x');
			return {};
		},
		async build(request) {
			t.is(await readFile(path.join(mountOf(request, '/build/env').source, 'pyvenv.cfg'), 'utf8'), 'x');
			await give(request, await wheelOf({name: 'thing', version: '1.0'}));
			return {};
		},
	});
	const {step, context} = await buildStep(effects);
	const run = async () => handlers['wheels.build']!.run(step, context);
	await Promise.all([run(), run(), run()]);
	await run();
	t.is(made, 1);
	t.is((await readdir(path.join(effects.cache, 'environments'))).length, 1);
	const {step: other} = await buildStep(effects, {environment: []});
	await handlers['wheels.build']!.run(other, context);
	t.is(made, 2);
});

test('builds with more packages of Debian share it too: it is made in the common builder', async t => {
	const images: string[] = [];
	const {effects, handlers} = await makeBuilds(t, {
		async environment({image}) {
			images.push(`environment in ${image}`);
			return {};
		},
		async build(request) {
			images.push(`build in ${request.image}`);
			await give(request, await wheelOf({name: 'thing', version: '1.0'}));
			return {};
		},
	});
	const {step, context} = await buildStep(effects);
	await handlers['wheels.build']!.run(step, context);
	const {step: other} = await buildStep(effects, {builder: 'more'});
	await handlers['wheels.build']!.run(other, {...context, result: id => id === 'more' ? {image: 'sha256:more', reference: 'localhost/more'} : context.result(id)});
	t.deepEqual(images, ['environment in sha256:builder', 'build in sha256:builder', 'build in sha256:more']);
});

test('what links of a project lead to stays as it is', async t => {
	const {folder, effects, handlers} = await makeBuilds(t, {
		async build(request) {
			t.deepEqual((await readdir(path.join(mountOf(request, '/build/work').source, 'project'))).toSorted(), ['file', 'folder', 'setup.py']);
			await give(request, await wheelOf({name: 'thing', version: '1.0'}));
			return {};
		},
	});
	const [module, elsewhere] = [path.join(folder, 'module'), path.join(folder, 'elsewhere')];
	await mkdir(module);
	await mkdir(elsewhere);
	await writeFile(path.join(module, 'setup.py'), '');
	await writeFile(path.join(elsewhere, 'secret'), '');
	await symlink(elsewhere, path.join(module, 'folder'));
	await symlink(path.join(elsewhere, 'secret'), path.join(module, 'file'));
	const {step, context} = await buildStep(effects, {source: {folder: module, digest: await digestOfModule(module)}});
	await handlers['wheels.build']!.run(step, context);
	for (const file of [module, path.join(module, 'setup.py'), elsewhere, path.join(elsewhere, 'secret')]) {
		const {uid} = await stat(file);
		t.is(uid, process.getuid!(), file);
	}
});

test('a project that is not a folder of its archive is not taken', async t => {
	const {folder, effects, handlers} = await makeBuilds(t, {});
	const {context} = await buildStep(effects);
	const linked = {filename: 'thing-1.0.tar.gz', content: gzipSync(tarOf([{path: 'a/', type: 'Directory', mode: 0o755}, {path: 'link', type: 'SymbolicLink', linkpath: 'a'}]))};
	const sdist = await storeMade(effects, linked as unknown as MadeFile);
	await mkdir(path.join(effects.cache, 'environments'), {recursive: true});
	for (const basedir of ['link', '../../../environments', path.join(folder, 'cache'), 'absent']) {
		const {step} = await buildStep(effects, {source: {step: 'linked', basedir}});
		const error = await failureOf(async () => handlers['wheels.build']!.run({...step, needs: [...step.needs, 'linked']}, {...context, result: id => id === 'linked' ? {...sdist} : context.result(id)}));
		t.is(error.message, `\`thing-1.0.tar.gz\` has no folder \`${basedir}\``);
	}

	t.deepEqual(await readdir(effects.cache), ['environments', 'tmp']);
});

test('an environment that cannot be made leaves none', async t => {
	const {effects, handlers} = await makeBuilds(t, {environment: async () => ({exitCode: 1, output: 'error: two files of one name\n'})});
	const {step, context} = await buildStep(effects);
	const error = await failureOf(async () => handlers['wheels.build']!.run(step, context));
	t.is(error.code, 'STX0417');
	t.regex(error.message, /environment of the build of thing cannot be made\nerror: two files/);
	await t.throwsAsync(readdir(path.join(effects.cache, 'environments')), {code: 'ENOENT'});
});

test('nothing is built where it would not be sealed in', async t => {
	const {effects, handlers} = await makeBuilds(t, {
		trial: async () => ({stdout: 'way out: it reaches 192.0.2.1\nway out: it has capabilities\ntried\n'}),
		async build() {
			t.fail('it was built');
			return {};
		},
	});
	const {step, context} = await buildStep(effects);
	const error = await failureOf(async () => handlers['wheels.build']!.run(step, context));
	t.is(error.code, 'STX0708');
	t.is(error.message, 'with docker a build would not be sealed in: it reaches 192.0.2.1; it has capabilities');
	const untried = await makeBuilds(t, {trial: async () => ({exitCode: 127, output: 'no python3\n'})});
	const again = await buildStep(untried.effects);
	const refused = await failureOf(async () => untried.handlers['wheels.build']!.run(again.step, again.context));
	t.regex(refused.message, /it could not be tried: no python3$/);
});

test('W36: what a build may not give', async t => {
	let give_: (request: RunRequest) => Promise<void>;
	const {effects, handlers} = await makeBuilds(t, {
		async build(request) {
			await give_(request);
			return {};
		},
	});
	const {step, context} = await buildStep(effects);
	const buildGiving = async (giving: (request: RunRequest) => Promise<void>) => {
		give_ = giving;
		return failureOf(async () => handlers['wheels.build']!.run(step, context));
	};

	const build = async (...made: readonly MadeFile[]) => buildGiving(async request => give(request, ...made));
	t.regex((await build()).message, /gave 0 wheels instead of one/);
	t.regex((await build(await wheelOf({name: 'thing', version: '1.1'}))).message, /^the build of thing 1\.0 gave `thing-1\.1-py3-none-any\.whl`$/);
	t.is((await build(await wheelOf({name: 'thing', version: '1.0', tag: 'cp312-cp312-linux_x86_64'}))).code, 'STX0402');
	t.is((await build(await wheelOf({name: 'thing', version: '1.0', metadataName: 'other'}))).code, 'STX0416');
	t.is((await build({...await wheelOf({name: 'thing', version: '1.0'}), content: Buffer.from('no zip')})).code, 'STX0910');
	const link = await buildGiving(async request => symlink('/etc/passwd', path.join(mountOf(request, '/build/out').source, 'thing-1.0-py3-none-any.whl')));
	t.is(link.code, 'STX0416');
	t.regex(link.message, /is not a file$/);
});

test('a failed build says what failed, where the log is, and what may help', async t => {
	let output = '';
	const {effects, handlers} = await makeBuilds(t, {build: async () => ({exitCode: 1, output})});
	const {step, context} = await buildStep(effects);
	const build = async (said: string) => {
		output = said;
		return failureOf(async () => handlers['wheels.build']!.run(step, context));
	};

	const header = await build('x.c:1:10: fatal error: ldap.h: No such file or directory\n');
	t.is(header.code, 'STX0417');
	t.is(header.exitCode, 1);
	t.deepEqual(header.at, [{file: path.join(effects.logs, 'thing-1.0.log')}]);
	t.is(header.hint, 'add the Debian package with `ldap.h` to [thing] `system-packages = …` of wheels/build-settings.ini');
	t.regex((await build('ModuleNotFoundError: No module named \'cffi\'\n')).hint!, /needs `cffi`, add \[thing]/);
	t.regex((await build('Segmentation fault\n')).hint!, /read the log/);
	t.deepEqual(await readdir(path.join(effects.cache, 'tmp')), []);
});

test('a build that takes too long is ended', async t => {
	const {effects, handlers} = await makeBuilds(t, {
		async build(request, options) {
			t.is(options.timeoutSeconds, 7);
			// Ends by itself a while later, should nobody be there to end it.
			t.deepEqual(request.argv.slice(0, 8), ['/usr/bin/prlimit', `--fsize=${1024 ** 3}`, `--data=${4 * (1024 ** 3)}`, '--core=0', '--', '/usr/bin/timeout', '--signal=KILL', '67']);
			return {exitCode: 137, timedOut: true};
		},
	});
	const {step, context} = await buildStep(effects, {timeoutSeconds: 7});
	const error = await failureOf(async () => handlers['wheels.build']!.run(step, context));
	t.is(error.code, 'STX0440');
	t.is(error.message, 'the build of thing 1.0 was ended: it took longer than 7 s');
});

test('patches are given in their order, and one that does not apply is named', async t => {
	let exitCode = 0;
	const {folder, effects, handlers} = await makeBuilds(t, {
		async build(request) {
			t.deepEqual((await readdir(mountOf(request, '/build/patches').source)).toSorted(), ['001-b.patch', '002-a.patch']);
			await give(request, await wheelOf({name: 'thing', version: '1.0'}));
			return {exitCode, output: 'applying 001-b.patch\npatching file setup.py\napplying 002-a.patch\npatching file setup.py\nHunk #1 FAILED at 1.\n'};
		},
	});
	const patches = [];
	for (const name of ['b.patch', 'a.patch']) {
		const file = path.join(folder, name);
		await writeFile(file, name);
		patches.push({file, digest: await digestOfFile(file)});
	}

	const {step, context} = await buildStep(effects, {patches});
	await handlers['wheels.build']!.run(step, context);
	exitCode = 65;
	const error = await failureOf(async () => handlers['wheels.build']!.run(step, context));
	t.is(error.code, 'STX0441');
	t.true(error.message.startsWith(`the patch \`${path.join(folder, 'a.patch')}\` does not apply to thing 1.0\n`));
	await appendFile(path.join(folder, 'a.patch'), 'x');
	const changed = await failureOf(async () => handlers['wheels.build']!.run(step, context));
	t.regex(changed.message, /a\.patch` has changed since the plan was made$/);
});

test('a local module is built from what was planned, without what earlier builds left', async t => {
	const {folder, effects, handlers} = await makeBuilds(t, {
		async build(request) {
			t.deepEqual((await readdir(path.join(mountOf(request, '/build/work').source, 'project'))).toSorted(), ['setup.py', 'thing']);
			await give(request, await wheelOf({name: 'thing', version: '1.0'}));
			return {};
		},
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
	const {step, context} = await buildStep(effects, {source: {folder: module, digest: planned}});
	await handlers['wheels.build']!.run(step, context);
	await appendFile(path.join(module, 'setup.py'), '\n');
	const error = await failureOf(async () => handlers['wheels.build']!.run(step, context));
	t.is(error.code, 'STX0416');
	t.regex(error.message, /have changed since the plan was made/);
});
