/** Seeing to it that a build does not fill the disk: there are no quotas that every file system and engine has. */
import {lstat, readdir, statfs} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import type {Clock} from '../../system/index.js';

export type FolderLimit = {
	/** Bytes that may be below the folder. */
	readonly bytes: number;
	/** Bytes that stay free on its file system, for everybody else. */
	readonly leave: number;
	/** Milliseconds between two looks, at least. */
	readonly interval?: number;
};

const usualInterval = 2000;

/** Looking takes at most this part of the time. */
const share = 0.05;

/**
Looks again and again at what a folder holds, until `signal` is aborted.

@returns why it is too much, in words that go on after `it`; undefined when it never was.
*/
export async function watchFolder(folder: string, limit: FolderLimit, {signal, clock}: {readonly signal: AbortSignal; readonly clock: Clock}): Promise<string | undefined> {
	const {bytes, leave, interval = usualInterval} = limit;
	let pause = interval;
	while (await sleeps(pause, signal)) {
		const started = clock.monotonic();
		if (await usedBelow(folder) > bytes) {
			return `wrote more than ${Math.round(bytes / (1024 * 1024))} MiB`;
		}

		// Of a file system that does not answer nobody knows that it is full.
		const free = await statfs(folder).then(({bavail, bsize}) => bavail * bsize, () => undefined);
		if (free !== undefined && free < leave) {
			return `was running when \`${path.dirname(folder)}\` was nearly full`;
		}

		pause = Math.max(interval, (clock.monotonic() - started) / share);
	}

	return undefined;
}

/** @returns false when the signal came first. */
async function sleeps(milliseconds: number, signal: AbortSignal): Promise<boolean> {
	return wait(milliseconds, true, {signal, ref: false}).catch(() => false);
}

/** Bytes on disk, of files that may go while they are counted. */
async function usedBelow(folder: string): Promise<number> {
	const entries = await readdir(folder, {withFileTypes: true}).catch(() => []);
	let used = 0;
	for (const entry of entries) {
		const file = path.join(folder, entry.name);
		const found = await lstat(file).catch(() => undefined);
		used += (found?.blocks ?? 0) * 512;
		if (entry.isDirectory()) {
			used += await usedBelow(file);
		}
	}

	return used;
}
