/** Containers on real engines: what they see, what they cannot reach, and that nothing of them is left. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {withOpenDoor} from '../../src/engine/probe-network.js';
import {
	containersOf, numberFor, processesWith, engineTests, until, writeFiles,
} from '../_helpers/engines.js';

const testEngines = engineTests(test);

testEngines('a command has its own exit code, output and input', async (t, {engine, image}) => {
	const result = await engine.run({
		image, argv: ['bash', '-c', 'cat; echo wrong >&2; exit 7'], network: 'none', input: 'given\n',
	});
	t.like(result, {
		exitCode: 7, stdout: 'given\n', stderr: 'wrong\n', timedOut: false,
	});
	const well = await engine.run({image, argv: ['bash', '-c', 'cat; echo done'], network: 'none'});
	t.like(well, {exitCode: 0, stdout: 'done\n', stderr: ''});
});

testEngines('words are not read by a shell', async (t, {engine, image}) => {
	const word = '$(echo no) `no` ; "a  b" \'c\' *';
	const result = await engine.run({
		image, argv: ['bash', '-c', 'echo "$1" "$VALUE"', 'bash', word], env: {VALUE: word}, network: 'none',
	});
	t.is(result.stdout, `${word} ${word}\n`);
});

testEngines('the environment is the image\'s and what was given, nothing of the host\'s', async (t, {engine, image}) => {
	const result = await engine.run({
		image, argv: ['env'], env: {GIVEN: 'yes'}, network: 'none',
	});
	const names = result.stdout.split('\n').filter(line => line !== '').map(line => line.split('=')[0]!).filter(name => !['HOME', 'HOSTNAME', 'PWD', 'SHLVL', '_', 'TERM'].includes(name));
	t.deepEqual(names.toSorted(), ['GIVEN', 'PATH']);
});

testEngines('mounts, user and folder', async (t, {engine, image, folder}) => {
	const source = await writeFiles(path.join(folder, 'in put'), {file: 'given'});
	const out = await writeFiles(path.join(folder, 'out'), {file: ''});
	const result = await engine.run({
		image,
		argv: ['bash', '-c', 'cat /in/file; echo; echo no 2>/dev/null >/in/other || echo read-only; echo written >/out/file; echo "$PWD"; id -u; id -g'],
		mounts: [{source, target: '/in', readOnly: true}, {source: out, target: '/out', readOnly: false}],
		workdir: '/tmp',
		network: 'none',
	});
	t.is(result.stdout, 'given\nread-only\n/tmp\n0\n0\n', result.stderr);
	t.is(await readFile(path.join(out, 'file'), 'utf8'), 'written\n');
	const other = await engine.run({
		image, argv: ['bash', '-c', 'id -u; id -g'], user: '1234:5678', network: 'none',
	});
	t.is(other.stdout, '1234\n5678\n');
});

testEngines('W50: containers of one image at once do not meet, and none is left', async (t, {engine, image}) => {
	const results = await Promise.all(['1', '2', '3'].map(async word => engine.run({image, argv: ['bash', '-c', `echo ${word} >>/own; sleep 0.3; cat /own`], network: 'none'})));
	t.deepEqual(results.map(({stdout}) => stdout), ['1\n', '2\n', '3\n']);
	t.deepEqual(await containersOf(engine, image), []);
});

testEngines('what a command writes is gone with its container', async (t, {engine, image}) => {
	await engine.run({image, argv: ['bash', '-c', 'echo x >/written'], network: 'none'});
	const result = await engine.run({image, argv: ['bash', '-c', 'cat /written'], network: 'none'});
	t.not(result.exitCode, 0);
	t.deepEqual(await containersOf(engine, image), []);
});

testEngines('without network nothing of the host is reached, and loopback works', async (t, {engine, image}) => {
	await withOpenDoor(async ({addresses, port}) => {
		t.true(addresses.length > 1, 'this machine has an address to try');
		const knock = 'for address; do (exec 3<>"/dev/tcp/$address/$PORT") 2>/dev/null && echo "$address"; done; (exec 3<>/dev/tcp/127.0.0.1/9) 2>&1; exit 0';
		const request = {image, argv: ['bash', '-c', knock, 'bash', ...addresses] as const, env: {PORT: String(port)}};
		const inside = await engine.run({...request, argv: [...request.argv], network: 'none'});
		t.is(inside.exitCode, 0, inside.output);
		for (const address of addresses) {
			t.false(inside.stdout.split('\n').includes(address), `${address} was reached`);
		}

		// Refused, not unreachable: the loopback interface is up.
		t.regex(inside.stdout, /Connection refused/v);

		const outside = await engine.run({...request, argv: [...request.argv], network: 'host'});
		for (const address of addresses) {
			t.true(outside.stdout.split('\n').includes(address), `${address} was not reached with the network of the host`);
		}
	});
});

testEngines('a program that is not there', async (t, {engine, image}) => {
	const result = await engine.run({image, argv: ['no-such-program'], network: 'none'});
	t.not(result.exitCode, 0);
	t.regex(result.output, /no-such-program/v);
	t.deepEqual(await containersOf(engine, image), []);
});

testEngines('a container of an image that is not there is not fetched', async (t, {engine}) => {
	await t.throwsAsync(engine.run({image: 'localhost/stx-build/no-such-image:1', argv: ['true'], network: 'none'}), {code: 'STX0704'});
});

testEngines('processes that a command leaves behind end with it', async (t, {engine, image}) => {
	const seconds = numberFor(engine, 98_720);
	const result = await engine.run({image, argv: ['bash', '-c', `sleep ${seconds} >/dev/null 2>&1 & trap '' TERM; exit 0`], network: 'none'});
	t.is(result.exitCode, 0);
	t.deepEqual(await processesWith(seconds), []);
});

for (const [title, stop] of [['interrupted', 'signal'], ['timed out', 'timeout']] as const) {
	testEngines(`a command that is ${title} leaves no container and no process`, async (t, {engine, image}) => {
		const seconds = numberFor(engine, stop === 'signal' ? 98_730 : 98_740);
		const request = {image, argv: ['bash', '-c', `trap '' TERM INT; sleep ${seconds} & sleep ${seconds}`] as [string, ...string[]], network: 'none'} as const;
		if (stop === 'signal') {
			const interruption = new AbortController();
			const ended = t.throwsAsync(engine.run(request, {signal: interruption.signal}), {code: 'STX0003'});
			await until(async () => {
				const started = await processesWith(seconds);
				return started.length === 2;
			});
			interruption.abort();
			await ended;
		} else {
			const result = await engine.run(request, {timeoutSeconds: 3});
			t.true(result.timedOut);
		}

		t.deepEqual(await containersOf(engine, image), []);
		await until(async () => {
			const left = await processesWith(seconds);
			return left.length === 0;
		});
	});
}
