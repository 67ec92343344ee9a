/**
`npm test`: runs every section, whatever fails, and ends with the line `N passed, N failed, N skipped` over all of them.

With arguments it runs AVA on those files only: `npm test -- test/unit/python`. A section by name: `npm test -- --only e2e-docker`.
*/
import {spawn} from 'node:child_process';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {removeAbandoned, withTemporaryFolder} from '../src/system/index.js';
import {isCi} from './_helpers/needs.js';
import {compileTests} from './runner/compile-tests.js';
import {provideDocker} from './runner/docker-daemon.js';
import {
	sections, stages, type Lane, type Section, type TestRun,
} from './runner/sections.js';
import {
	addTallies, formatTally, nothing, tallyOf, type Tally,
} from './runner/tally.js';

const project = fileURLToPath(new URL('..', import.meta.url));
const programs = path.join(project, 'node_modules', '.bin');
const print = (text: string): boolean => process.stdout.write(`${text}\n`);

/** Compiled tests are in the project, where they find its packages; each run has a folder of its own. */
const compiledFolder = path.join(project, '.tests');

/** So many of the slowest test files are named: a run is to stay short. */
const slowFiles = 10;

/** Ctrl+C: the programs that run have had it too; what was started here is ended in order. */
const interrupted = new AbortController();

type Ran = {readonly exitCode: number; readonly output: string};

/** Shows the output of a section as it comes; where several run at once, each line says whose it is. */
type Show = (data: Uint8Array, stream: NodeJS.WriteStream) => void;

const showPlain: Show = (data, stream) => {
	stream.write(data);
};

/** @returns shows whole lines, each behind the name; `flush` shows what is left of a line without an end. */
function showNamed(name: string): {readonly show: Show; flush(): void} {
	const rest = new Map<NodeJS.WriteStream, string>();
	return {
		show(data, stream) {
			const lines = ((rest.get(stream) ?? '') + String(data)).split('\n');
			rest.set(stream, lines.pop()!);
			stream.write(lines.map(line => `${name} | ${line}\n`).join(''));
		},
		flush() {
			for (const [stream, line] of rest) {
				stream.write(line === '' ? '' : `${name} | ${line}\n`);
			}
		},
	};
}

/** Runs a program of node_modules or of the project, with its output shown as it comes. */
async function run([program, ...argv]: readonly [string, ...string[]], show: Show, environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
	return new Promise(resolve => {
		const child = spawn(program.includes('/') ? path.join(project, program) : path.join(programs, program), argv, {cwd: project, stdio: ['ignore', 'pipe', 'pipe'], env: {...process.env, ...environment}});
		const end = (): void => {
			child.kill('SIGTERM');
		};

		interrupted.signal.addEventListener('abort', end);
		let output = '';
		child.stdout.on('data', (data: Uint8Array) => {
			output += String(data);
			show(data, process.stdout);
		});
		child.stderr.on('data', (data: Uint8Array) => {
			show(data, process.stderr);
		});
		child.once('error', error => {
			print(error.message);
			resolve({exitCode: 1, output});
		});
		child.once('close', code => {
			interrupted.signal.removeEventListener('abort', end);
			resolve({exitCode: code ?? 1, output});
		});
	});
}

type Chosen = Pick<TestRun, 'name' | 'timeout' | 'concurrency'> & {
	readonly files: readonly string[];
	/** Folder of the compiled tests, where the files are among them. */
	readonly compiled?: string;
};

async function runTests({name, files, timeout, concurrency, compiled}: Chosen, scratch: string, show: Show): Promise<Tally> {
	const countsFile = path.join(scratch, `counts-${name}.json`);
	await rm(countsFile, {force: true});
	const argv = ['--timeout', timeout, ...(concurrency === undefined ? [] : ['--concurrency', String(concurrency)]), ...files];
	const {exitCode} = await run(['ava', ...argv], show, {AVA_COUNTS_FILE: countsFile, ...(compiled !== undefined && {AVA_COMPILED: compiled})});
	return tallyOf(await readFile(countsFile, 'utf8').catch(() => undefined), exitCode);
}

type Folders = {
	/** Of this run alone. */
	readonly scratch: string;
	/** Of the compiled tests, from the project's; undefined where they do not compile. */
	readonly compiled: string | undefined;
};

async function runSection(section: Section, {scratch, compiled}: Folders, show: Show): Promise<Tally> {
	if (section.kind === 'tests') {
		if (compiled === undefined) {
			return {...nothing, failed: 1, failures: [`${section.name}: the tests do not compile`]};
		}

		return runTests({...section, files: [`${compiled}/${section.folder}/**/*.test.js`], compiled}, scratch, show);
	}

	const {exitCode, output} = await run(section.argv, show);
	if (exitCode !== 0) {
		return {...nothing, failed: 1, failures: [section.argv.join(' ')]};
	}

	return output.includes('SKIPPED: ') ? {...nothing, skipped: 1} : {...nothing, passed: 1};
}

type Result = {readonly section: Section; readonly tally: Tally; readonly seconds: number};

async function runLane(lane: Lane, folders: Folders, isAlone: boolean): Promise<readonly Result[]> {
	const results: Result[] = [];
	for (const section of lane) {
		if (interrupted.signal.aborted) {
			break;
		}

		print(`\n=== ${section.name}`);
		const start = performance.now();
		const named = showNamed(section.name);
		const tally = await runSection(section, folders, isAlone ? showPlain : named.show);
		named.flush();
		results.push({section, tally, seconds: (performance.now() - start) / 1000});
	}

	return results;
}

/** @param chosen names; all when there are none. */
async function runStages(chosen: readonly string[], folders: Folders): Promise<Tally> {
	const results: Result[] = [];
	let daemon: Awaited<ReturnType<typeof provideDocker>> | undefined;
	try {
		for (const stage of stages) {
			const lanes = stage.map(lane => lane.filter(({name}) => chosen.length === 0 || chosen.includes(name))).filter(lane => lane.length > 0);
			if (daemon === undefined && !interrupted.signal.aborted && lanes.flat().some(section => section.kind === 'tests' && section.engines)) {
				daemon = await provideDocker(folders.scratch);
				print(`\n(${daemon.note})`);
			}

			results.push(...(await Promise.all(lanes.map(async lane => runLane(lane, folders, lanes.length === 1)))).flat());
		}
	} finally {
		await daemon?.stop();
	}

	print('\n=== summary');
	for (const {section, tally, seconds} of results) {
		print(`${tally.failed > 0 ? 'FAILED' : 'ok    '}  ${section.name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s  ${formatTally(tally)}`);
	}

	const total = addTallies(results.map(({tally}) => tally));
	for (const [file, seconds] of total.seconds.toSorted(([, a], [, b]) => b - a).slice(0, slowFiles)) {
		print(`slow    ${seconds.toFixed(1).padStart(6)} s  ${file}`);
	}

	for (const failure of total.failures) {
		print(`FAILED  ${failure}`);
	}

	return total;
}

/** @param chosen names; all when there are none. */
async function runChosen(chosen: readonly string[], scratch: string): Promise<Tally> {
	if (!sections.some(section => section.kind === 'tests' && (chosen.length === 0 || chosen.includes(section.name)))) {
		return runStages(chosen, {scratch, compiled: undefined});
	}

	await removeAbandoned(compiledFolder, new Date());
	return withTemporaryFolder('tests', async folder => {
		const isCompiled = await compileTests(project, folder).then(() => true, () => false);
		return runStages(chosen, {scratch, compiled: isCompiled ? path.relative(project, folder) : undefined});
	}, compiledFolder);
}

async function main(argv: readonly string[]): Promise<number> {
	const scratch = await mkdtemp(path.join(tmpdir(), 'stx-build-test-'));
	try {
		const only = argv[0] === '--only' ? argv.slice(1) : undefined;
		const unknown = only?.find(name => !sections.some(section => section.name === name));
		if (unknown !== undefined) {
			print(`there is no section \`${unknown}\`; there are ${sections.map(({name}) => name).join(', ')}`);
			return 2;
		}

		const tally = argv.length === 0 || only
			? await runChosen(only ?? [], scratch)
			: await runTests({name: 'chosen', files: argv, timeout: '15m'}, scratch, showPlain);
		const isIncomplete = isCi(process.env) && tally.skipped > 0;
		if (isIncomplete) {
			print('with CI set nothing may be skipped');
		}

		print(formatTally(tally));
		return interrupted.signal.aborted ? 130 : (tally.failed > 0 || isIncomplete ? 1 : 0);
	} finally {
		await rm(scratch, {recursive: true, force: true});
	}
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.on(signal, () => {
		interrupted.abort();
	});
}

process.exitCode = await main(process.argv.slice(2));
