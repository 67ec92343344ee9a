import {spawnSync} from 'node:child_process';
import {
	mkdir, readdir, utimes, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import {pid} from 'node:process';
import test from 'ava';
import {removeAbandoned, withTemporaryFolder} from '../../../src/system/index.js';

test('of what killed runs have left that is removed which is a day old, and nothing else', async t => {
	await withTemporaryFolder('abandoned', async parent => {
		const gone = spawnSync('true').pid;
		const now = new Date('2026-11-20T12:00:00Z');
		const old = new Date('2026-11-19T11:59:00Z');
		const make = async (name: string, changed = old): Promise<void> => {
			await mkdir(path.join(parent, name));
			await writeFile(path.join(parent, name, 'file'), 'x');
			await utimes(path.join(parent, name), changed, changed);
		};

		const kept = [`stx-build-run-${gone}-Young1`, `stx-build-run-${pid}-Living`, 'stx-build-run-Ab12Cd', 'stx-build-review-branch', `stx-build-run-${gone}-toolong1`, `other-run-${gone}-Ab12Cd`];
		await make(kept[0]!, new Date('2026-11-19T12:01:00Z'));
		for (const name of kept.slice(1)) {
			await make(name);
		}

		await make(`stx-build-run-${gone}-Ab12Cd`);
		await make(`stx-build-wheel-build-${gone}-9876ZZ`);
		const file = path.join(parent, `stx-build-a-file-${gone}-Ab12Cd`);
		await writeFile(file, '');
		await utimes(file, old, old);
		await removeAbandoned(parent, now);
		t.deepEqual((await readdir(parent)).toSorted(), kept.toSorted());
		await t.notThrowsAsync(removeAbandoned(path.join(parent, 'missing'), now));
	});
});

test('what tells of something elsewhere stays with its folder, which is as old as it was, for a month', async t => {
	await withTemporaryFolder('abandoned', async parent => {
		const gone = spawnSync('true').pid;
		const old = new Date('2026-11-19T11:59:00Z');
		const folder = path.join(parent, `stx-build-run-${gone}-Ab12Cd`);
		await mkdir(path.join(folder, 'layers'), {recursive: true});
		await writeFile(path.join(folder, 'mark'), '');
		await utimes(folder, old, old);
		const now = new Date('2026-11-20T12:00:00Z');
		await removeAbandoned(parent, now, {mark: 'mark'});
		t.deepEqual(await readdir(folder), ['mark']);
		await removeAbandoned(parent, new Date('2026-12-19T11:58:00Z'), {mark: 'mark'});
		t.deepEqual(await readdir(folder), ['mark']);
		await removeAbandoned(parent, new Date('2026-12-19T12:00:00Z'), {mark: 'mark'});
		t.deepEqual(await readdir(parent), []);
	});
});

test('a temporary folder says whose it is', async t => {
	await withTemporaryFolder('named', async folder => {
		t.regex(path.basename(folder), new RegExp(String.raw`^stx-build-named-${pid}-\w{6}$`, 'v'));
	});
});
