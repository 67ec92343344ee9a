import {
	mkdtemp, rename, rm, stat, utimes, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {digestOfFile, knownDigest, rememberDigest} from '../../src/system/index.js';
import {createMemoryStore} from '../_helpers/memory-store.js';

async function writeSample(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'known-digest-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const file = path.join(folder, 'a.tar');
	await writeFile(file, 'one');
	return file;
}

test('a file that has not changed is not read again', async t => {
	const file = await writeSample(t);
	const store = createMemoryStore();
	const wrong = `sha256:${'0'.repeat(64)}` as const;
	await rememberDigest(file, wrong, store);
	t.is(await knownDigest(file, store), wrong);
	t.is(await knownDigest(file, createMemoryStore()), await digestOfFile(file));
});

test('a file that has changed is read, whatever its times are set to', async t => {
	const file = await writeSample(t);
	const store = createMemoryStore();
	const one = await knownDigest(file, store);
	const {atime, mtime} = await stat(file);
	// Beyond the tick of the file system's clock.
	await new Promise(resolve => {
		setTimeout(resolve, 30);
	});
	await writeFile(file, 'two');
	await utimes(file, atime, mtime);
	t.not(await knownDigest(file, store), one);
	t.is(await knownDigest(file, store), await digestOfFile(file));
});

test('another file of the same name, length and times is another file', async t => {
	const file = await writeSample(t);
	const store = createMemoryStore();
	const one = await knownDigest(file, store);
	const {atime, mtime} = await stat(file);
	await writeFile(`${file}.new`, 'two');
	await utimes(`${file}.new`, atime, mtime);
	await rename(`${file}.new`, file);
	t.not(await knownDigest(file, store), one);
});

test('a file that is not there', async t => {
	const file = await writeSample(t);
	await t.throwsAsync(knownDigest(`${file}.absent`, createMemoryStore()), {code: 'STX0903'});
});
