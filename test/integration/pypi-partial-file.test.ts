import {Buffer} from 'node:buffer';
import {rmSync} from 'node:fs';
import {
	mkdtemp, readdir, readFile, readlink, rm, stat, utimes, writeFile,
} from 'node:fs/promises';
import {hostname, tmpdir} from 'node:os';
import path from 'node:path';
import {pid} from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {BuildError} from '../../src/errors.js';
import {newOwner, openPartial} from '../../src/pypi/partial-file.js';
import {systemClock} from '../../src/system/index.js';
import {sha256Of} from '../_helpers/archives.js';

const large = Buffer.from(Array.from({length: 600_000}, (_, index) => (index * 7919) % 251));

async function temporaryFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-partial-test-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	return folder;
}

test('what a run of the same name has left is gone on with: processes of a container have the same numbers again', async t => {
	const folder = await temporaryFolder(t);
	const options = {
		folder, key: 'key', owner: 'host-17-0', clock: systemClock, wantBlake2: false,
	};
	const killed = await openPartial(options);
	// Its handle, which the end of a process closes.
	t.teardown(async () => killed.release());
	await killed.append(large.subarray(0, 400_000));
	const next = await openPartial(options);
	t.is(next.size, 400_000);
	await next.append(large.subarray(400_000));
	t.is(next.digests().sha256, sha256Of(large));
	await next.close();
	t.true((await readFile(next.file)).equals(large));
});

test('what another program has written to is not taken for what came', async t => {
	const folder = await temporaryFolder(t);
	const partial = await openPartial({
		folder, key: 'key', owner: 'one', clock: systemClock, wantBlake2: false,
	});
	await partial.append(large);
	await writeFile(partial.file, 'more', {flag: 'a'});
	await t.throwsAsync(partial.close(), {instanceOf: BuildError, code: 'STX0906', message: /has 600004 bytes, but 600000 came/v});
	await partial.remove();
});

test('a download that is gone on with is alive from its beginning, however old what is there is', async t => {
	const folder = await temporaryFolder(t);
	const optionsOf = (owner: string) => ({
		folder, key: 'key', owner, clock: systemClock, wantBlake2: false,
	});
	const interrupted = await openPartial(optionsOf('one'));
	await interrupted.append(large);
	await interrupted.release();
	const old = new Date(Date.now() - 700_000);
	await utimes(path.join(folder, 'key.part'), old, old);
	const first = await openPartial(optionsOf('two'));
	const second = await openPartial(optionsOf('three'));
	t.deepEqual([first.size, second.size], [large.length, 0]);
	await first.remove();
	await second.remove();
});

const day = 24 * 60 * 60 * 1000;
for (const [title, owner, age, isTaken] of [
	['a process that lives, however long it waits,', `${hostname()}-1-0`, day, false],
	['a process that is gone, however young,', `${hostname()}-999999999-0`, 0, true],
	['another process of the same number as this one', `${hostname()}-${pid}-999999`, 0, true],
	['another machine, while it is young,', 'other-host-7-999999999-0', 0, false],
	['another machine, while it may wait for a server,', 'other-host-7-999999999-0', 300_000, false],
	['another machine, after a while,', 'other-host-7-1-0', 700_000, true],
	['another machine whose name begins as this one\'s does', `${hostname()}-2-999999999-0`, 0, false],
	['nobody that is known', 'nobody', 0, false],
] as const) {
	test(`a busy file of ${title} is ${isTaken ? '' : 'not '}taken over`, async t => {
		const folder = await temporaryFolder(t);
		const busy = path.join(folder, `key.${owner}.busy`);
		const written = new Date(Date.now() - age);
		await writeFile(busy, large);
		await utimes(busy, written, written);
		const partial = await openPartial({
			folder, key: 'key', owner: newOwner(), clock: systemClock, wantBlake2: false,
		});
		t.is(partial.size, isTaken ? large.length : 0);
		t.deepEqual((await readdir(folder)).toSorted(), [...isTaken ? [] : [path.basename(busy)], path.basename(partial.file)].toSorted());
		await partial.remove();
	});
}

test('another download of this process is not taken over while it lasts, and is when it has ended', async t => {
	const folder = await temporaryFolder(t);
	const begin = async () => openPartial({
		folder, key: 'key', owner: newOwner(), clock: systemClock, wantBlake2: false,
	});
	const first = await begin();
	await first.append(large);
	const old = new Date(Date.now() - day);
	await utimes(first.file, old, old);
	const [second, third] = await Promise.all([begin(), begin()]);
	t.deepEqual([second.size, third.size], [0, 0]);
	await first.touch();
	t.true((await stat(first.file)).mtimeMs > old.getTime() + 1000);
	await first.release();
	const [fourth, fifth] = await Promise.all([begin(), begin()]);
	t.deepEqual([fourth.size, fifth.size].toSorted((a, b) => a - b), [0, large.length]);
	await Promise.all([second, third, fourth, fifth].map(async partial => partial.remove()));
});

test('what cannot be read again is an error that says so, and nothing stays open', async t => {
	const folder = await temporaryFolder(t);
	await writeFile(path.join(folder, 'key.part'), large);
	const owner = newOwner();
	const busy = path.join(folder, `key.${owner}.busy`);
	// Asked for the time when the file is open and not yet read.
	let asked = 0;
	const clock = {
		...systemClock,
		now() {
			if (++asked > 1) {
				rmSync(busy, {force: true});
			}

			return new Date();
		},
	};
	const error = await t.throwsAsync(openPartial({
		folder, key: 'key', owner, clock, wantBlake2: false,
	}), {instanceOf: BuildError, code: 'STX0904'});
	t.deepEqual(error.at, [{file: busy}]);
	const open = await Promise.all((await readdir('/proc/self/fd')).map(async id => readlink(`/proc/self/fd/${id}`).catch(() => '')));
	t.deepEqual(open.filter(file => file.startsWith(folder)), []);
});

test('both digests are those of all that is there, also gone on with and begun again', async t => {
	const folder = await temporaryFolder(t);
	const options = {
		folder, key: 'key', owner: 'one', clock: systemClock, wantBlake2: true,
	};
	const interrupted = await openPartial(options);
	await interrupted.append(large);
	await interrupted.truncate();
	await interrupted.append(Buffer.from('a'));
	await interrupted.release();
	const next = await openPartial(options);
	await next.append(Buffer.from('bc'));
	// Of `abc`, as b2sum --length=256 and sha256sum give them.
	t.deepEqual(next.digests(), {
		sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
		blake2: 'bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319',
	});
	await next.remove();
});
