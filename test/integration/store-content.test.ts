import {Buffer} from 'node:buffer';
import {execFileSync, spawnSync} from 'node:child_process';
import {createHash, randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {
	mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {Readable} from 'node:stream';
import {finished} from 'node:stream/promises';
import {buffer} from 'node:stream/consumers';
import test, {type ExecutionContext} from 'ava';
import {BuildError} from '../../src/errors.js';
import {keyOf, type Digest} from '../../src/plan/index.js';
import {createStore, exists} from '../../src/system/index.js';
import {needs} from '../_helpers/needs.js';

const digestOf = (bytes: Uint8Array): Digest => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const key = keyOf('a step');

async function temporaryFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-store-test-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	return folder;
}

/** All files below a folder, with their paths. */
async function filesOf(folder: string): Promise<readonly string[]> {
	const entries = await readdir(folder, {recursive: true, withFileTypes: true}).catch(() => []);
	return entries.filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name));
}

/** The file in which the store holds these bytes. */
async function fileWith(folder: string, bytes: Uint8Array): Promise<string> {
	for (const file of await filesOf(folder)) {
		if ((await readFile(file)).equals(bytes)) {
			return file;
		}
	}

	throw new Error('the store does not hold these bytes');
}

test('what is added is there by its digest', async t => {
	const store = createStore(await temporaryFolder(t));
	const bytes = randomBytes(300_000);
	const digest = digestOf(bytes);
	t.false(await store.has(digest));
	t.is(await store.size(digest), undefined);
	t.deepEqual(await store.add(Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)]), digest), {digest, size: 300_000});
	t.true(await store.has(digest));
	t.is(await store.size(digest), 300_000);
	t.true((await buffer(store.open(digest))).equals(bytes));
});

test('content of which the digest is not known before gets one', async t => {
	const store = createStore(await temporaryFolder(t));
	const {digest} = await store.add(Readable.from([Buffer.from('wheel')]));
	t.is(digest, digestOf(Buffer.from('wheel')));
	t.is(String(await buffer(store.open(digest))), 'wheel');
});

test('an empty file is content like any other', async t => {
	const store = createStore(await temporaryFolder(t));
	const {digest, size} = await store.add(Readable.from([]));
	t.is(size, 0);
	t.true(await store.has(digest));
	t.is((await buffer(store.open(digest))).length, 0);
});

test('content with another digest than the expected one is refused, and nothing is stored', async t => {
	const folder = await temporaryFolder(t);
	const store = createStore(folder);
	const expected = digestOf(Buffer.from('right'));
	const error = await t.throwsAsync(store.add(Readable.from([Buffer.from('wrong')]), expected), {instanceOf: BuildError, code: 'STX0906'});
	t.true(error?.message.includes(expected));
	t.true(error?.message.includes(digestOf(Buffer.from('wrong'))));
	t.false(await store.has(expected));
	t.deepEqual(await filesOf(folder), []);
});

test('content that breaks off leaves nothing, and the error stays what it is', async t => {
	const folder = await temporaryFolder(t);
	const store = createStore(folder);
	const broken = Object.assign(new Error('read ECONNRESET'), {code: 'ECONNRESET', syscall: 'read'});
	const content = Readable.from((async function * () {
		yield randomBytes(100_000);
		throw broken;
	})());
	const error = await t.throwsAsync(store.add(content));
	t.is(error, broken);
	t.deepEqual(await filesOf(folder), []);
});

test('a file is extracted whole, into folders that are made', async t => {
	const folder = await temporaryFolder(t);
	const store = createStore(path.join(folder, 'store'));
	const {digest} = await store.add(Readable.from([Buffer.from('wheel')]));
	const file = path.join(folder, 'out/wheels/a.whl');
	await store.extractTo(digest, file);
	t.is(await readFile(file, 'utf8'), 'wheel');
	await store.extractTo(digest, file);
	t.deepEqual(await readdir(path.dirname(file)), ['a.whl']);
});

test('a file is moved into the store, over one that has changed there', async t => {
	const folder = await temporaryFolder(t);
	const store = createStore(path.join(folder, 'store'));
	const bytes = randomBytes(100_000);
	const digest = digestOf(bytes);
	const file = path.join(folder, 'download');
	for (const content of [bytes, bytes]) {
		await writeFile(file, content);
		await store.take(file, digest);
		t.false(await exists(file));
		t.true((await buffer(store.open(digest))).equals(bytes));
		await truncate(await fileWith(path.join(folder, 'store'), bytes), 10);
	}
});

test('what uses a file of the store gets it verified, and in its place', async t => {
	const folder = await temporaryFolder(t);
	const store = createStore(path.join(folder, 'store'));
	const {digest} = await store.add(Readable.from([Buffer.from('wheel')]));
	t.is(await store.use(digest, async file => readFile(file, 'utf8')), 'wheel');
	const before = await filesOf(folder);
	const broken = new Error('of the user');
	const thrown = await t.throwsAsync(store.use(digest, async () => {
		throw broken;
	}));
	t.is(thrown, broken);
	t.deepEqual(await filesOf(folder), before, 'nothing was copied, and nothing is gone');
	await writeFile(await fileWith(folder, Buffer.from('wheel')), 'whee!');
	await t.throwsAsync(store.use(digest, async () => 'used'), {instanceOf: BuildError, code: 'STX0906'});
	t.false(await store.has(digest));
	await t.throwsAsync(store.use(digest, async () => 'used'), {instanceOf: BuildError, code: 'STX0802'});
});

for (const [how, change] of [
	['a flipped byte', async (file: string) => {
		const bytes = await readFile(file);
		bytes[100_000] = 255 - bytes[100_000]!;
		await writeFile(file, bytes);
	}],
	['missing bytes', async (file: string) => truncate(file, 10)],
	['no byte left', async (file: string) => truncate(file, 0)],
	['more bytes', async (file: string) => writeFile(file, 'more', {flag: 'a'})],
] as const) {
	test(`changed content is found when it is read, named and removed: ${how}`, async t => {
		const folder = await temporaryFolder(t);
		const store = createStore(path.join(folder, 'store'));
		const bytes = randomBytes(200_000);
		const {digest} = await store.add(Readable.from([bytes]));
		await change(await fileWith(folder, bytes));
		const out = path.join(folder, 'out/a.whl');
		const error = await t.throwsAsync(store.extractTo(digest, out), {instanceOf: BuildError, code: 'STX0906'});
		t.true(error?.message.includes(digest));
		t.deepEqual(await readdir(path.dirname(out)), [], 'no part of the file is left');
		t.false(await store.has(digest), 'the next run fetches it anew');
		await store.add(Readable.from([bytes]), digest);
		t.true((await buffer(store.open(digest))).equals(bytes));
	});
}

test('adding content replaces what has changed unnoticed', async t => {
	const folder = await temporaryFolder(t);
	const store = createStore(folder);
	const bytes = randomBytes(1000);
	const {digest} = await store.add(Readable.from([bytes]));
	await truncate(await fileWith(folder, bytes), 10);
	await store.add(Readable.from([bytes]), digest);
	t.true((await buffer(store.open(digest))).equals(bytes));
});

test('content that is not there is named', async t => {
	const store = createStore(await temporaryFolder(t));
	const digest = digestOf(Buffer.from('absent'));
	const error = await t.throwsAsync(buffer(store.open(digest)), {instanceOf: BuildError, code: 'STX0802'});
	t.true(error?.message.includes(digest));
});

test('a reader that stops half way leaves the content as it is', async t => {
	const store = createStore(await temporaryFolder(t));
	const bytes = randomBytes(5_000_000);
	const {digest} = await store.add(Readable.from([bytes]));
	const stream = store.open(digest);
	await once(stream, 'data');
	stream.destroy();
	await finished(stream).catch(() => undefined);

	t.true(await store.has(digest));
	t.true((await buffer(store.open(digest))).equals(bytes));
});

test('results are kept by key, and the last one counts', async t => {
	const store = createStore(await temporaryFolder(t));
	t.is(await store.result(key), undefined);
	await store.keep(key, {filename: 'a.whl', nested: [1, null, {b: 'ü'}]});
	t.deepEqual(await store.result(key), {filename: 'a.whl', nested: [1, null, {b: 'ü'}]});
	await store.keep(key, null);
	t.is(await store.result(key), null);
	t.is(await store.result(keyOf('another step')), undefined);
});

test('a result that has changed or is cut off counts as none', async t => {
	const folder = await temporaryFolder(t);
	const store = createStore(folder);
	for (const damage of [async (file: string) => truncate(file, 3), async (file: string) => writeFile(file, 'not a result')]) {
		await store.keep(key, {filename: 'a.whl'});

		await Promise.all((await filesOf(folder)).map(async file => damage(file)));

		t.is(await store.result(key), undefined);
	}

	await store.keep(key, {filename: 'b.whl'});
	t.deepEqual(await store.result(key), {filename: 'b.whl'});
});

test('temporary files that a killed run left a day ago are removed, those of a living run are not', async t => {
	const folder = await temporaryFolder(t);
	await mkdir(path.join(folder, 'tmp'));
	const twoDaysAgo = (Date.now() / 1000) - (48 * 60 * 60);
	const gone = spawnSync('true').pid;
	const living = `stx-build-add-${process.pid}-Ab12Cd`;
	for (const name of [`stx-build-add-${gone}-Ab12Cd`, living]) {
		await mkdir(path.join(folder, 'tmp', name));
		await utimes(path.join(folder, 'tmp', name), twoDaysAgo, twoDaysAgo);
	}

	await createStore(folder).add(Readable.from([]));
	t.deepEqual(await readdir(path.join(folder, 'tmp')), [living]);
});

test('asking writes nothing', async t => {
	const folder = path.join(await temporaryFolder(t), 'store');
	const store = createStore(folder);
	await store.result(key);
	await store.has(digestOf(Buffer.from('')));
	await t.throwsAsync(stat(folder), {code: 'ENOENT'});
});

test('a store in a place that cannot be a folder says so', async t => {
	const folder = await temporaryFolder(t);
	await writeFile(path.join(folder, 'file'), '');
	const error = await t.throwsAsync(createStore(path.join(folder, 'file/store')).keep(key, 1), {instanceOf: BuildError, code: 'STX0904'});
	t.true(error?.message.includes(path.join(folder, 'file/store')));
});

/** Mounts something on a folder while `use` runs, where that is permitted. */
async function withMounts(t: ExecutionContext, folder: string, mounts: readonly string[][], use: () => Promise<void>): Promise<void> {
	if (!needs(t, {mount: true})) {
		return;
	}

	for (const options of mounts) {
		execFileSync('mount', [...options, folder]);
	}

	try {
		await use();
	} finally {
		execFileSync('umount', [folder]);
	}
}

test('a full disk is an error that says so, nothing half-written is left, and what was there is untouched', async t => {
	const folder = await temporaryFolder(t);
	await withMounts(t, folder, [['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs']], async () => {
		const store = createStore(path.join(folder, 'store'));
		const first = randomBytes(300_000);
		const {digest} = await store.add(Readable.from([first]));
		const before = await filesOf(folder);
		const error = await t.throwsAsync(store.add(Readable.from([randomBytes(500_000), randomBytes(500_000)])), {instanceOf: BuildError, code: 'STX0905'});
		t.true(error?.message.includes(folder));
		t.truthy(error?.hint);
		t.deepEqual(await filesOf(folder), before);
		await store.extractTo(digest, path.join(folder, 'first'));
		await store.extractTo(digest, path.join(folder, 'second'));
		await t.throwsAsync(store.extractTo(digest, path.join(folder, 'third')), {instanceOf: BuildError, code: 'STX0905'});
		t.deepEqual(await readdir(folder), ['first', 'second', 'store']);
		await t.throwsAsync(store.keep(key, 'x'.repeat(1_000_000)), {code: 'STX0905'});
		t.is(await store.result(key), undefined);
		const kept = await buffer(store.open(digest));
		t.true(kept.equals(first));
	});
});

test('a file of another file system is copied into the store, where there is room for it', async t => {
	const [folder, elsewhere] = [await temporaryFolder(t), await temporaryFolder(t)];
	await withMounts(t, folder, [['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs']], async () => {
		const store = createStore(path.join(folder, 'store'));
		const file = path.join(elsewhere, 'download');
		const [small, large] = [randomBytes(100_000), randomBytes(2_000_000)];
		await writeFile(file, small);
		await store.take(file, digestOf(small));
		t.false(await exists(file));
		t.true((await buffer(store.open(digestOf(small)))).equals(small));
		await writeFile(file, large);
		await t.throwsAsync(store.take(file, digestOf(large)), {instanceOf: BuildError, code: 'STX0905'});
		t.true(await exists(file));
		t.false(await store.has(digestOf(large)));
	});
});

test('a read-only store can be read, and says that it cannot be written', async t => {
	const folder = await temporaryFolder(t);
	const store = createStore(folder);
	const {digest} = await store.add(Readable.from([Buffer.from('wheel')]));
	await writeFile(path.join(folder, 'other'), 'other');
	await withMounts(t, folder, [['--bind', folder], ['-o', 'remount,ro,bind']], async () => {
		t.is(String(await buffer(store.open(digest))), 'wheel');
		const error = await t.throwsAsync(store.keep(key, 1), {instanceOf: BuildError, code: 'STX0904'});
		t.true(error?.message.includes('read-only'));
		await t.throwsAsync(store.add(Readable.from([Buffer.from('other')])), {instanceOf: BuildError, code: 'STX0904', message: /read-only/});
		await t.throwsAsync(store.take(path.join(folder, 'other'), digestOf(Buffer.from('other'))), {instanceOf: BuildError, code: 'STX0904', message: /read-only/});
		await t.throwsAsync(store.extractTo(digest, path.join(folder, 'out/wheel')), {instanceOf: BuildError, code: 'STX0904', message: /read-only/});
	});
});
