import {Buffer} from 'node:buffer';
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {systemClock, withTemporaryFolder} from '../../../../src/system/index.js';
import {watchFolder} from '../../../../src/wheels/build/watch-folder.js';

async function watched(folder: string, limit: {readonly bytes: number; readonly leave: number}): Promise<string | undefined> {
	const ended = new AbortController();
	setTimeout(() => {
		ended.abort();
	}, 200);
	return watchFolder(folder, {...limit, interval: 5}, {signal: ended.signal, clock: systemClock});
}

test('what is too much is told, and nothing else', async t => {
	await withTemporaryFolder('watch', async folder => {
		await writeFile(path.join(folder, 'file'), Buffer.alloc(64 * 1024, 'x'));
		t.is(await watched(folder, {bytes: 1024 * 1024, leave: 0}), undefined);
		t.regex(await watched(folder, {bytes: 32 * 1024, leave: 0}) ?? '', /^wrote more than 0 MiB$/v);
		t.regex(await watched(folder, {bytes: 1024 * 1024, leave: Number.MAX_SAFE_INTEGER}) ?? '', /nearly full/v);
	});
});

test('a folder that is gone is not full', async t => {
	t.is(await watched('/does/not/exist', {bytes: 0, leave: Number.MAX_SAFE_INTEGER}), undefined);
});
