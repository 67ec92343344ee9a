import {Buffer} from 'node:buffer';
import {
	mkdtemp, readFile, rm, utimes, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {BuildError} from '../../src/errors.js';
import {openPartial} from '../../src/pypi/partial-file.js';
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
	const old = new Date(Date.now() - 200_000);
	await utimes(path.join(folder, 'key.part'), old, old);
	const first = await openPartial(optionsOf('two'));
	const second = await openPartial(optionsOf('three'));
	t.deepEqual([first.size, second.size], [large.length, 0]);
	await first.remove();
	await second.remove();
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
