import {mkdir} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {listen, withTemporaryFolder} from '../../src/system/index.js';
import {fakeEffects} from '../_helpers/fake-effects.js';
import {runCli, type CliOptions} from '../_helpers/run-cli.js';
import {writeTarball} from '../_helpers/served-tarball.js';

const place = 'workspace/std/build-wheels-debian-trixie-stable';

async function inPlace(use: (folder: string) => Promise<void>): Promise<void> {
	await withTemporaryFolder('serve', async folder => {
		await mkdir(path.join(folder, place), {recursive: true});
		await writeTarball(path.join(folder, place, 'stx-debian-stable-wheels.tar'), [{name: 'demo', version: '1'}]);
		await use(folder);
	});
}

/** Ends the command as Ctrl+C does, a little after it listens. */
function interruptedSoon(): Pick<CliOptions, 'signal' | 'listen'> {
	const controller = new AbortController();
	return {
		signal: controller.signal,
		async listen(place, service) {
			const server = await listen(place, service);
			setTimeout(() => {
				controller.abort();
			}, 300);
			return server;
		},
	};
}

test('the address is on standard output, all else on standard error, and being told to end is no failure', async t => {
	await inPlace(async folder => {
		const {code, out, err} = await runCli(['wheels', 'serve'], {folder, ...interruptedSoon()});
		t.is(code, 0, err);
		t.regex(out, /^http:\/\/127\.0\.0\.1:\d+\/\n$/);
		const url = out.trim();
		t.is(err, `serving 1 wheels of ${path.join(folder, place, 'stx-debian-stable-wheels.tar')}; Ctrl+C ends it\n  pip and uv: --index-url ${url}simple/\n  LOCI:       --build-arg WHEELS=${url}stx-debian-stable-wheels.tar\n`);
	});
});

test('as data, on all addresses', async t => {
	await inPlace(async folder => {
		const {code, out} = await runCli(['wheels', 'serve', '--json', '--address', '0.0.0.0', '--os-codename', 'bookworm', '--wheels', `${place}/stx-debian-stable-wheels.tar`], {folder, ...interruptedSoon()});
		t.is(code, 0);
		const said = JSON.parse(out) as {readonly url: string; readonly digest: string};
		t.like(said, {
			wheels: 1, file: path.join(folder, place, 'stx-debian-stable-wheels.tar'), index: `${said.url}simple/`, tarball: `${said.url}stx-debian-stable-wheels.tar`,
		});
		t.regex(said.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
		t.regex(said.digest, /^sha256:[\da-f]{64}$/);
	});
});

test('what cannot be served is told before anything is started', async t => {
	await inPlace(async folder => {
		const noTarball = await runCli(['wheels', 'serve', '--stream', 'dev'], {folder});
		t.is(noTarball.code, 2);
		t.regex(noTarball.err, /STX0903 there is no wheels tarball[^]*hint: make it with `stx-build wheels`/);
		for (const port of ['http', '-1', '65536', '1e3', '']) {
			const {code, err, out} = await runCli(['wheels', 'serve', `--port=${port}`], {folder});
			t.is(code, 2, port);
			t.regex(err, /STX0001 `.*` is not a port/);
			t.is(out, '');
		}

		const elsewhere = await runCli(['wheels', 'serve', '--address', '192.0.2.1'], {folder});
		t.is(elsewhere.code, 2);
		t.regex(elsewhere.err, /STX0920/);
	});
});

test('--only makes nothing to push', async t => {
	await withTemporaryFolder('push', async folder => {
		const {code, err} = await runCli(['wheels', '--push', '--only', 'six'], {folder});
		t.is(code, 2);
		t.regex(err, /STX0001 --only makes no tarball/);
	});
});

test('how to push may be said without --push, as with build-wheel-tarball.sh: a note says that there is nothing to do', async t => {
	await withTemporaryFolder('push', async folder => {
		const effects = fakeEffects();
		await runCli(['wheels', '--version', '1', '--clean', '--dry-run', '--dialect', 'builtin', '--service', 'no-such-image'], {folder, effects: async () => effects});
		const notes = effects.events.flatMap(event => event.type === 'note' && event.message.startsWith('--') ? [event.message] : []);
		t.deepEqual(notes, ['--version: nothing to do, since nothing is pushed without --push', '--clean: nothing to do, since nothing is pushed without --push']);
	});
});
