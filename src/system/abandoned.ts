/** Names of temporary folders and files that say whose they are, and what becomes of those whose process was killed. */
import type {Stats} from 'node:fs';
import {
	lstat, readdir, readFile, rm, utimes,
} from 'node:fs/promises';
import path from 'node:path';
import {kill, pid} from 'node:process';

/** What the name of a temporary folder or file of this process begins with; six letters and digits make it one of its own. */
export const temporaryPrefix = (name: string): string => `stx-build-${name}-${pid}-`;

const temporaryName = /^stx-build-[a-z\-]+-(?<owner>[1-9]\d*)-[A-Za-z\d]{6}$/v;

/** A process that is not seen from here, as in another container, may still use its folder; but none for so long. */
const abandonedAfterMilliseconds = 24 * 60 * 60 * 1000;

/** How long somebody may take to come who can remove what a mark tells of. */
const markedMilliseconds = 30 * abandonedAfterMilliseconds;

/** Whether the name of a temporary folder or file is that of a process which is gone. */
export function isAbandoned(name: string): boolean {
	const owner = temporaryName.exec(name)?.groups?.owner;
	return owner !== undefined && !isAlive(Number(owner));
}

/**
Removes the temporary folders and files that killed runs have left: those that are a day old, of processes that are gone,
with nothing mounted in them. What cannot be removed stays, and is no error.

@param parent may be missing.
@param mark name of a file that says of something elsewhere that it is left too: it stays in its folder for a month, and
all else in that goes.
*/
export async function removeAbandoned(parent: string, now: Date, {mark}: {readonly mark?: string} = {}): Promise<void> {
	const names = await readdir(parent).catch(() => []);
	const candidates = names.filter(name => isAbandoned(name));
	if (candidates.length === 0) {
		return;
	}

	const mounts = await readFile('/proc/self/mounts', 'utf8').catch(() => '');
	await Promise.all(candidates.map(async name => {
		const place = path.join(parent, name);
		const found = await lstat(place).catch(() => undefined);
		if (found && found.mtimeMs < now.getTime() - abandonedAfterMilliseconds && !mounts.includes(` ${place}`)) {
			const mayBeMarked = found.isDirectory() && found.mtimeMs >= now.getTime() - markedMilliseconds;
			await (mayBeMarked && mark !== undefined ? removeBut(mark, place, found) : rm(place, {recursive: true, force: true})).catch(() => undefined);
		}
	}));
}

/** Removes a folder, or all but the mark in it where it has that; then it is as old as it was. */
async function removeBut(mark: string, folder: string, {atime, mtime}: Stats): Promise<void> {
	const names = await readdir(folder);
	if (!names.includes(mark)) {
		await rm(folder, {recursive: true, force: true});
		return;
	}

	await Promise.all(names.filter(name => name !== mark).map(async name => rm(path.join(folder, name), {recursive: true, force: true})));
	await utimes(folder, atime, mtime);
}

/** Whether there is a process of this id, of whoever it is. */
export function isAlive(id: number): boolean {
	try {
		return kill(id, 0);
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
