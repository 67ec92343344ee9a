/** The clients that people use, at a server that runs as people run it: pip, uv, curl, and the requests that LOCI makes. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {
	mkdtemp, readdir, readFile, rm, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {createInterface} from 'node:readline';
import test, {type ExecutionContext} from 'ava';
import {createRunner, runChecked, type RunResult} from '../../src/system/index.js';
import {sha256Of} from '../_helpers/archives.js';
import {needs} from '../_helpers/needs.js';
import {packageFolder} from '../_helpers/run-cli.js';
import {noise, writeTarball} from '../_helpers/served-tarball.js';
import {findUv} from '../_helpers/wheel-world.js';

const run = createRunner(process.env);

type Running = {
	readonly folder: string;
	readonly tarball: string;
	/** What the server printed. */
	readonly said: {readonly url: string; readonly index: string; readonly tarball: string; readonly digest: string; readonly wheels: number};
	/** Lines of its log so far. */
	readonly log: readonly string[];
	/** Ends it with a signal. @returns the exit code */
	end(signal: NodeJS.Signals): Promise<number | null>;
};

/** Starts `stx-build wheels serve` with a tarball of three wheels: demo, which requires helper, and one that nothing requires. */
async function startServer(t: ExecutionContext): Promise<Running> {
	const folder = await mkdtemp(path.join(tmpdir(), 'wheels-clients-'));
	const tarball = path.join(folder, 'stx-debian-stable-wheels.tar');
	await writeTarball(tarball, [
		{
			name: 'Demo.Project', version: '1.0+stx.1', requires: ['helper>=2', 'absent; python_version < "3"'], files: {'demo/__init__.py': 'answer = 42\n'},
		},
		{name: 'helper', version: '2.1', files: {'helper/data.bin': noise(300_000)}},
		{name: 'unused', version: '1', requires: ['nowhere']},
	]);
	const child = spawn(process.execPath, ['--import=tsx', path.join(packageFolder, 'src/main.ts'), 'wheels', 'serve', '--wheels', tarball, '--json'], {cwd: packageFolder, stdio: ['ignore', 'pipe', 'pipe']});
	const ended = once(child, 'exit') as Promise<[number | null]>;
	t.teardown(async () => {
		child.kill('SIGKILL');
		await ended;
		await rm(folder, {recursive: true, force: true});
	});
	const log: string[] = [];
	createInterface({input: child.stderr}).on('line', line => {
		log.push(line);
	});
	const [line] = await Promise.race([once(createInterface({input: child.stdout}), 'line') as Promise<[string]>, ended.then(([code]) => {
		throw new Error(`the server ended with ${code}: ${log.join('\n')}`);
	})]);
	return {
		folder, tarball, log, said: JSON.parse(line) as Running['said'], async end(signal) {
			child.kill(signal);
			const [code] = await ended;
			return code;
		},
	};
}

/** What pip and uv need: none of this machine's settings, no index but ours. */
const bare = {
	PIP_CONFIG_FILE: '/dev/null', PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_CACHE_DIR: '1', UV_NO_CONFIG: '1',
};

async function makeVenv(folder: string): Promise<string> {
	const venv = path.join(folder, 'venv');
	await runChecked(run, {argv: ['python3', '-m', 'venv', venv]});
	return path.join(venv, 'bin/python');
}

const answerOf = async (python: string): Promise<string> => (await runChecked(run, {argv: [python, '-c', 'import demo, helper; print(demo.answer, helper.version)']})).stdout.trim();

test('pip installs and downloads, and reads metadata before it takes a wheel', async t => {
	if (!needs(t, {program: 'python3', python: ['venv', 'ensurepip']})) {
		return;
	}

	const {folder, said, log} = await startServer(t);
	const python = await makeVenv(folder);
	const pip = async (...argv: readonly string[]): Promise<RunResult> => runChecked(run, {argv: [python, '-m', 'pip', ...argv, '--index-url', said.index], env: bare});
	await pip('install', '--constraint', `${said.url}upper-constraints.txt`, 'demo-project');
	t.is(await answerOf(python), '42 2.1');
	t.true(log.some(line => line.endsWith('Demo_Project-1.0%2Bstx.1-py3-none-any.whl.metadata 200')), log.join('\n'));
	t.false(log.some(line => line.includes('unused')));

	await pip('install', '--no-deps', '--force-reinstall', 'Demo.Project==1.0+stx.1');
	const downloads = path.join(folder, 'downloads');
	await pip('download', '--dest', downloads, 'demo_project');
	t.deepEqual((await readdir(downloads)).toSorted(), ['Demo_Project-1.0+stx.1-py3-none-any.whl', 'helper-2.1-py3-none-any.whl']);

	const failed = await run({argv: [python, '-m', 'pip', 'download', '--dest', downloads, 'unused', '--index-url', said.index], env: bare});
	t.not(failed.exitCode, 0);
	t.regex(failed.stderr, /nowhere/);
});

test('uv installs, with the hashes of the index', async t => {
	const uv = await findUv(t);
	if (!uv || !needs(t, {program: 'python3', python: ['venv', 'ensurepip']})) {
		return;
	}

	const {folder, said, log} = await startServer(t);
	const python = await makeVenv(folder);
	const env = {...bare, UV_CACHE_DIR: path.join(folder, 'uv-cache')};
	const requirements = path.join(folder, 'requirements.txt');
	await writeFile(path.join(folder, 'in'), 'demo-project\n');
	await runChecked(run, {argv: [uv.file, 'pip', 'compile', '--index-url', said.index, '--generate-hashes', '--python', python, '--output-file', requirements, path.join(folder, 'in')], env});
	t.false(log.some(line => line.endsWith('.whl 200')), 'resolving takes no wheel, only metadata');
	await runChecked(run, {argv: [uv.file, 'pip', 'install', '--index-url', said.index, '--require-hashes', '--python', python, '-r', requirements], env});
	t.is(await answerOf(python), '42 2.1');
});

test('curl gets the tarball, and goes on where it was', async t => {
	if (!needs(t, 'curl')) {
		return;
	}

	const {folder, said, tarball, log} = await startServer(t);
	const target = path.join(folder, 'fetched.tar');
	await runChecked(run, {argv: ['curl', '--fail', '--silent', '--show-error', '--range', '0-99999', '--output', target, said.tarball]});
	await runChecked(run, {argv: ['curl', '--fail', '--silent', '--show-error', '--continue-at', '-', '--output', target, said.tarball]});
	t.true((await readFile(target)).equals(await readFile(tarball)));
	t.deepEqual(log.filter(line => line.includes('.tar 2')).map(line => line.slice(-3)), ['206', '206']);
	const tags = path.join(folder, 'tags');
	for (const status of ['200', '304']) {
		const {stdout} = await runChecked(run, {argv: ['curl', '--silent', '--etag-save', tags, '--etag-compare', tags, '--output', target, '--write-out', '%{http_code}', said.tarball]});
		t.is(stdout, status);
	}
});

/** What LOCI's fetch_wheels.py asks for when WHEELS is a URL: one GET by urllib, which it reads to the end. */
const fetchLikeLoci = `
import hashlib, sys
from urllib import request
with request.urlopen(request.Request(url=sys.argv[1])) as response:
    print(hashlib.sha256(response.read()).hexdigest())
`;

test('the requests that LOCI makes', async t => {
	if (!needs(t, 'python3')) {
		return;
	}

	const {said, tarball} = await startServer(t);
	const {stdout} = await runChecked(run, {argv: ['python3', '-c', fetchLikeLoci, said.tarball]});
	t.is(stdout.trim(), sha256Of(await readFile(tarball)));
	t.is(said.digest, `sha256:${stdout.trim()}`);
	t.is(said.wheels, 3);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	test(`${signal} is the good end of it, also while somebody reads`, async t => {
		const {said, end} = await startServer(t);
		const reading = await fetch(said.tarball);
		t.is(reading.status, 200);
		t.is(await end(signal), 0);
		await t.throwsAsync(fetch(said.url));
	});
}
