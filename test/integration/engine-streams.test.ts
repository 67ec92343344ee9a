/** What a command in a container prints: all of it comes, however soon the command ends. */
import {existsSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import {execa} from 'execa';
import {createBuildah} from '../../src/engine/buildah.js';
import {carryStreams} from '../../src/engine/plan-streams.js';
import {withTemporaryFolder, type Command} from '../../src/system/index.js';
import {
	engineTests, processesWith, run, until,
} from '../_helpers/engines.js';
import {needs} from '../_helpers/needs.js';

/** Prints as a command in a container does. */
const inPipes = (script: string, folder: string) => ['bash', '-c', `cd "$0"; exec >stdout 2>stderr; ${script}`, folder];

test('output, input and exit code are the command\'s', async t => {
	await withTemporaryFolder('streams', async work => {
		const folder = path.join(work, 'a  b');
		const result = await run({argv: carryStreams(inPipes('cat; seq 100000 >&2; exit 7', folder), folder), input: 'given\n'});
		t.like(result, {exitCode: 7, stdout: 'given\n'});
		t.is(result.stderr.split('\n').length, 100_001);
	});
});

test('a command that never prints into the pipes ends too, and what is said of it comes', async t => {
	await withTemporaryFolder('streams', async work => {
		const result = await run({argv: carryStreams(['bash', '-c', 'echo no image >&2; exit 125'], path.join(work, 'streams'))}, {timeoutSeconds: 30});
		t.like(result, {
			exitCode: 125, stdout: '', stderr: 'no image\n', timedOut: false,
		});
	});
});

test('where the pipes cannot be made, the command is not run', async t => {
	await withTemporaryFolder('streams', async work => {
		const file = path.join(work, 'made');
		const result = await run({argv: carryStreams(['touch', file], path.join(work, 'none', 'streams'))});
		t.like(result, {exitCode: 125, stdout: ''});
		t.regex(result.stderr, /mkdir: .*streams/v);
		t.false(existsSync(file));
	});
});

test('what prints without end is stopped', async t => {
	await withTemporaryFolder('streams', async work => {
		const folder = path.join(work, 'streams');
		const running = run({argv: carryStreams(inPipes('exec yes', folder), folder)}, {mostOutputMebibytes: 1});
		await t.throwsAsync(running, {code: 'STX0914'});
	});
});

test('when it is killed, nothing of it goes on', async t => {
	await withTemporaryFolder('streams', async work => {
		const folder = path.join(work, 'streams');
		// The shell around all, and the command.
		const seconds = `98793.${process.pid}`;
		const words = [folder, seconds];
		const present = async () => (await Promise.all(words.map(async word => processesWith(word)))).filter(found => found.length > 0).length;
		const interruption = new AbortController();
		const running = run({argv: carryStreams(['setpriv', '--pdeathsig', 'KILL', '--', ...inPipes(`exec sleep ${seconds}`, folder)], folder), killSignal: 'SIGKILL'}, {signal: interruption.signal});
		const ended = t.throwsAsync(running, {code: 'STX0003'});
		await until(async () => await present() === words.length).finally(() => {
			interruption.abort();
		});
		await ended;
		await until(async () => await present() === 0);
	});
});

test('when it is killed while it starts, nothing of it goes on either', async t => {
	await withTemporaryFolder('streams', async work => {
		const seconds = `98794.${process.pid}`;
		/** Kills it at a time of its start, or where none is given once the command has begun. @returns after how many milliseconds it was killed */
		const killAt = async (name: string, time?: number): Promise<number> => {
			const folder = path.join(work, name);
			const mark = `${folder}.begun`;
			const start = performance.now();
			const isOver = (): boolean => time === undefined ? existsSync(mark) || performance.now() > start + 30_000 : performance.now() >= start + time;
			const child = execa('setpriv', carryStreams(['sh', '-c', ': >"$0"; exec sleep "$1"', mark, seconds], folder).slice(1), {reject: false, stdin: 'ignore'});
			while (!isOver() && child.exitCode === null) {
				await setTimeout(1);
			}

			const killed = performance.now();
			child.kill('SIGKILL');
			t.is((await child).signal, 'SIGKILL', `${name}: it ended before`);
			t.true(time !== undefined || existsSync(mark), `${name}: the command did not begin`);
			return killed - start;
		};

		// All the while that a start takes here, and somewhat longer.
		const took = await killAt('first');
		for (const part of Array.from({length: 30}, (_, index) => index)) {
			await killAt(String(part), took * part / 25);
		}

		await killAt('last');
		await until(async () => (await processesWith(seconds)).length === 0, 5);
	});
});

const testBuildah = engineTests(test, ['buildah']);

/** Lets every wait of buildah's for output take longer, as on a machine that has much else to do. */
const busy = ({argv, ...command}: Command): Command => ({
	...command, argv: argv.includes('--isolation') ? ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=ppoll', '-e', 'inject=ppoll:delay_exit=200000', ...argv] : argv,
});

testBuildah('on a busy machine nothing of what a command prints is lost', async (t, {engine, image}) => {
	if (!needs(t, {program: 'strace'})) {
		return;
	}

	const slow = createBuildah({
		run: async (command, options) => run(busy(command), options), facts: engine.facts, storageFolder: '/var/lib/containers/storage', driver: 'overlay',
	});
	const request = {image, argv: ['bash', '-c', 'echo printed; echo why >&2'], network: 'none'} as const;
	const result = await slow.run(request);
	t.like(result, {exitCode: 0, stdout: 'printed\n'});
	t.regex(result.stderr, /^why$/mv);
	const through = await slow.run({...request, bare: true});
	t.like(through, {exitCode: 0, stdout: ''}, 'the delay makes buildah lose nothing: carryStreams may not be needed any more');
});
