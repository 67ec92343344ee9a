/** How commands end when something is wrong: exit code, standard output, colours. */
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {BuildError} from '../../src/errors.js';
import {withTemporaryFolder} from '../../src/system/index.js';
import {fakeEffects} from '../_helpers/fake-effects.js';
import {runCli} from '../_helpers/run-cli.js';

/** The start of an error that is coloured. */
const colored = '\u{1B}[31m';

test('a dry run ends with the exit code of a run, and writes no empty line', async t => {
	await withTemporaryFolder('failures', async folder => {
		const effects = async () => fakeEffects({
			async engine() {
				throw new BuildError('STX0701', 'no engine works');
			},
		});
		// A name that is none is wrong input; an engine that does not work is not.
		for (const [words, exitCode] of [[['images', '--service', 'keystoen', '--dialect', 'builtin'], 2], [['wheels', '--offline', '--service', 'keystone', '--dialect', 'builtin'], 1]] as const) {
			const real = await runCli(words, {folder, effects});
			const dry = await runCli([...words, '--dry-run'], {folder, effects});
			t.is(real.code, exitCode, real.err);
			t.is(dry.code, exitCode, dry.err);
			t.is(dry.out, '');
			t.is(dry.err, real.err);
		}
	});
});

test('errors are coloured whatever tells them', async t => {
	await withTemporaryFolder('failures', async folder => {
		await writeFile(path.join(folder, 'bad.ini'), '[image]\nLABEL = a\nLABEL = b\n');
		for (const words of [
			['no-such-command'],
			['images', '--service', ''],
			['images', '--service', 'keystoen', '--dialect', 'builtin', '--dry-run'],
			['images', '--service', 'keystoen', '--dialect', 'builtin'],
			['directive', 'show', 'bad.ini'],
		]) {
			const options = {folder, effects: async () => fakeEffects()};
			t.true((await runCli(words, {...options, colorDepth: 8})).err.startsWith(colored), words.join(' '));
			t.false((await runCli(words, options)).err.includes('\u{1B}'), words.join(' '));
		}
	});
});

test('an interruption is told, unless it is that nobody reads any more', async t => {
	await withTemporaryFolder('failures', async folder => {
		const options = {folder, effects: async () => fakeEffects(), signal: AbortSignal.abort()};
		const words = ['images', '--service', 'keystoen', '--dialect', 'builtin'];
		const told = await runCli(words, options);
		t.is(told.code, 130);
		t.regex(told.err, /^error STX0003 interrupted\n/v);
		t.deepEqual(await runCli(words, {...options, hasReader: false}), {code: 130, out: '', err: ''});
	});
});

test('a loadbuild without any of its parts is told, in whatever order they are named', async t => {
	await withTemporaryFolder('failures', async folder => {
		const {code, out, err} = await runCli(['loadbuild', '--without', 'images,wheels,base', '--dry-run'], {folder, effects: async () => fakeEffects()});
		t.is(err, 'error STX0001 --without wheels,base,images leaves nothing to do\nhint: leave one of them out of the list\n');
		t.is(code, 2);
		t.is(out, '');
	});
});

test('two options for the base image are one too many, in all commands that have both', async t => {
	await withTemporaryFolder('failures', async folder => {
		for (const words of [['images'], ['loadbuild'], ['wheels', 'check'], ['why', 'keystone'], ['wheels', 'why', 'keystone']]) {
			t.deepEqual(await runCli([...words, '--base', 'foo', '--from', 'bar'], {folder, effects: async () => fakeEffects()}), {
				code: 2, out: '', err: 'error STX0001 --base takes a base image as it is, and --from makes one\nhint: leave one of them out\n',
			}, words.join(' '));
		}
	});
});

test('with --offline, a base image that has to be made is told before anything starts', async t => {
	await withTemporaryFolder('failures', async folder => {
		const effects = fakeEffects();
		const {code, err} = await runCli(['base', '--offline'], {folder, effects: async () => effects});
		t.is(code, 1);
		t.is(err, 'error STX0306 the step `install debian-trixie from packages` has to be done, which asks the network for Debian\'s packages, and --offline is given\nhint: run once without --offline: what is made then is kept\n');
		t.deepEqual(effects.commands, []);
		t.deepEqual(effects.events, []);
		t.is((await runCli(['base', '--offline', '--dry-run'], {folder, effects: async () => effects})).code, 0);
	});
});

test('a cache that cannot be written is told before anything starts', async t => {
	await withTemporaryFolder('failures', async folder => {
		for (const words of [['wheels', 'lock'], ['images', '--dry-run'], ['loadbuild'], ['update', '--from', 'stx-demo', '--dry-run']]) {
			const {code, out, err} = await runCli([...words, '--cache-dir', '/dev/null'], {folder});
			t.is(code, 2);
			t.is(out, '');
			t.regex(err, /^error STX0105 the cache `\/dev\/null` \(from --cache-dir\) cannot be written: [^\n]+\nhint: name a writable folder with --cache-dir or STX_BUILD_CACHE\n$/v);
		}
	});
});
