/** Namespaces around a command, with the programs of this machine and no engine. */
import {mkdir, readFile, symlink} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {confine} from '../../src/engine/index.js';
import {createRunner, withTemporaryFolder} from '../../src/system/index.js';
import {processesWith, run, until} from '../_helpers/engines.js';
import {findProgram, needs} from '../_helpers/needs.js';

const knock = ['bash', '-c', '(exec 3<>/dev/tcp/127.0.0.1/9) 2>&1'] as const;

test('the loopback interface is up, and is the only one', async t => {
	if (!needs(t, {root: true})) {
		return;
	}

	const refused = await run({argv: confine(knock, 'none')});
	t.regex(refused.output, /Connection refused/v);
	const devices = await run({argv: confine(['cat', '/proc/net/dev'], 'none')});
	t.deepEqual(devices.stdout.split('\n').flatMap(line => /^\s*([\w.\-]+):/v.exec(line)?.[1] ?? []), ['lo']);
});

test('it is up too where there is no iproute2', async t => {
	if (!needs(t, {root: true, program: 'perl'})) {
		return;
	}

	await withTemporaryFolder('path', async folder => {
		const programs = path.join(folder, 'bin');
		await mkdir(programs);
		for (const name of ['bash', 'perl', 'setpriv', 'sh', 'unshare']) {
			await symlink(findProgram(name)!, path.join(programs, name));
		}

		const bare = createRunner({PATH: programs});
		const refused = await bare({argv: confine(knock, 'none')});
		t.regex(refused.output, /Connection refused/v);
		t.is(refused.exitCode, 1);
	});
});

test('the exit code is the command\'s', async t => {
	if (!needs(t, {root: true})) {
		return;
	}

	for (const network of ['none', 'host'] as const) {
		const result = await run({argv: confine(['bash', '-c', 'echo "$1"; exit 42', 'bash', '$(id) a  b'], network)});
		t.like(result, {exitCode: 42, stdout: '$(id) a  b\n'});
	}
});

test('a mount is seen by nobody else, and ends with the command', async t => {
	if (!needs(t, {root: true})) {
		return;
	}

	await withTemporaryFolder('mount', async folder => {
		const result = await run({argv: confine(['sh', '-c', 'mount -t tmpfs tmpfs "$1" && grep -c "$1" /proc/self/mounts', 'sh', folder], 'host')});
		t.is(result.stdout.trim(), '1', result.output);
		const mounts = await readFile('/proc/self/mounts', 'utf8');
		t.false(mounts.includes(folder));
	});
});

test('processes that ignore every signal they can end when the command is interrupted', async t => {
	if (!needs(t, {root: true})) {
		return;
	}

	const interruption = new AbortController();
	const running = run({argv: confine(['bash', '-c', 'trap "" TERM INT HUP; sleep 98791 & sleep 98791 & wait'], 'none'), killSignal: 'SIGKILL'}, {signal: interruption.signal});
	const ended = t.throwsAsync(running, {code: 'STX0003'});
	await until(async () => {
		const started = await processesWith('98791');
		return started.length === 2;
	});
	interruption.abort();
	await ended;
	await until(async () => {
		const left = await processesWith('98791');
		return left.length === 0;
	});
	t.pass();
});
