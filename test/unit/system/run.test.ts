/** How programs end: by themselves, by a signal, and with all that they have started. */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import {createRunner, endGroups, withTemporaryFolder} from '../../../src/system/index.js';
import {processesWith, until} from '../../_helpers/engines.js';

const run = createRunner(process.env);

/** A shell that waits for a script, which waits for a program with a word that it is found by, and then writes a file. */
const nested = (script: string, word: string) => ({argv: ['sh', '-c', 'sh "$@"; true', 'sh', script, word] as [string, ...string[]]});

/** @param trap what the script does with SIGTERM. */
async function writeScript(folder: string, trap = ''): Promise<{readonly script: string; readonly traces: () => Promise<string>}> {
	const script = path.join(folder, 'script');
	const traces = path.join(folder, 'traces');
	await writeFile(script, `${trap}\nsleep "$1"\necho went on >>"${traces}"\n`);
	return {script, traces: async () => readFile(traces, 'utf8').catch(() => '')};
}

// Before the others: it ends all that runs.
test.serial('where this process ends without having waited, what runs is told to end', async t => {
	const running = run({argv: ['sh', '-c', 'sleep 98756; true']});
	await until(async () => (await processesWith('98756')).length > 0);
	endGroups();
	t.like(await running, {exitCode: 143});
	t.deepEqual(await processesWith('98756'), []);
});

test('an interruption ends what the program has started too', async t => {
	await withTemporaryFolder('run', async folder => {
		const {script, traces} = await writeScript(folder);
		const interruption = new AbortController();
		const ended = t.throwsAsync(run(nested(script, '98751'), {signal: interruption.signal}), {instanceOf: BuildError, code: 'STX0003'});
		await until(async () => (await processesWith('98751')).length > 2);
		interruption.abort();
		await ended;
		t.deepEqual(await processesWith('98751'), []);
		t.is(await traces(), '');
	});
});

test('so does a timeout', async t => {
	await withTemporaryFolder('run', async folder => {
		const {script, traces} = await writeScript(folder);
		t.like(await run(nested(script, '98752'), {timeoutSeconds: 0.5}), {timedOut: true, exitCode: 143});
		t.deepEqual(await processesWith('98752'), []);
		t.is(await traces(), '');
	});
});

test('what has started something and ended before is no way out', async t => {
	const result = await run({argv: ['sh', '-c', 'sh -c \'sleep 98753; true\' & exec true']}, {timeoutSeconds: 0.5});
	t.true(result.timedOut);
	t.deepEqual(await processesWith('98753'), []);
});

test('what cleans up is waited for, and what ignores SIGTERM is killed', async t => {
	await withTemporaryFolder('run', async folder => {
		const {script, traces} = await writeScript(folder, `trap 'sleep 0.3; echo cleaned up >>"${folder}/traces"; exit 3' TERM`);
		await run(nested(script, '98754'), {timeoutSeconds: 0.5});
		t.is(await traces(), 'cleaned up\n');
	});
	const stubborn = await run({argv: ['sh', '-c', 'trap "" TERM; sleep 98755']}, {timeoutSeconds: 0.5});
	t.like(stubborn, {timedOut: true, exitCode: 137});
	t.deepEqual(await processesWith('98755'), []);
});

test('a signal that a program sends to its group does not come here', async t => {
	const counted: string[] = [];
	const count = (): void => {
		counted.push('SIGHUP');
	};

	process.on('SIGHUP', count);
	t.teardown(() => process.off('SIGHUP', count));
	const result = await run({argv: ['sh', '-c', 'kill -HUP 0; sleep 10']});
	t.is(result.exitCode, 129);
	t.deepEqual(counted, []);
});

test('the exit code of a program that a signal ended has the signal\'s number', async t => {
	for (const [signal, code] of [['TERM', 143], ['HUP', 129], ['KILL', 137], ['SEGV', 139]] as const) {
		t.like(await run({argv: ['sh', '-c', `kill -${signal} $$`]}), {exitCode: code, timedOut: false});
	}
});

test('a program is not started when it was interrupted before', async t => {
	await withTemporaryFolder('run', async folder => {
		const file = path.join(folder, 'file');
		await t.throwsAsync(run({argv: ['touch', file]}, {signal: AbortSignal.abort(), logFile: path.join(folder, 'log')}), {instanceOf: BuildError, code: 'STX0003'});
		await t.throwsAsync(readFile(file), {code: 'ENOENT'});
	});
});

test('engines see where the user has credentials, as the client of registries does', async t => {
	const places = {
		XDG_RUNTIME_DIR: '/runtime', XDG_CONFIG_HOME: '/config', DOCKER_CONFIG: '/docker', REGISTRY_AUTH_FILE: '/auth.json',
	};
	const {stdout} = await createRunner({...places, PATH: process.env.PATH, OTHER: 'other'})({argv: ['env']});
	const seen = new Set(stdout.split('\n'));
	for (const [name, value] of Object.entries(places)) {
		t.true(seen.has(`${name}=${value}`));
	}

	t.false(seen.has('OTHER=other'));
});
