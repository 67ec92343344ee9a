/**
A download on its way: a file that outlives the run that began it, so that the next one goes on from there.

`<key>.part` belongs to nobody; to write to it, it is first renamed to `<key>.<owner>.busy`, so that two runs never write
to the same one. What a killed run left busy is taken over after a while without a write.
*/
import {createHash, type Hash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {
	open, readdir, rename, rm, stat, type FileHandle,
} from 'node:fs/promises';
import path from 'node:path';
import {BuildError} from '../errors.js';
import {fileError, makeFolder, type Clock} from '../system/index.js';
import type {Blake2} from './blake2.js';

/** Milliseconds without a write after which a busy file counts as left behind: longer than any server is waited for. */
const abandonedAfter = 120_000;

type Digests = {readonly sha256: Hash; readonly blake2: Blake2 | undefined};

export type PartialFile = {
	readonly file: string;
	/** Bytes that are there. */
	readonly size: number;
	append(chunk: Uint8Array): Promise<void>;
	/** Begins again from nothing. */
	truncate(): Promise<void>;
	/** Hex digests of what is there; nothing can be appended afterwards. */
	digests(): {readonly sha256: string; readonly blake2: string | undefined};
	/** Ends the writing: the file is the caller's, to be moved away. @throws BuildError STX0906 when it has other bytes than were written */
	close(): Promise<void>;
	/** Gives it back, for another attempt or another run to go on. */
	release(): Promise<void>;
	remove(): Promise<void>;
};

export type PartialOptions = {
	readonly folder: string;
	/** Names the content: the same key, the same bytes. A file name. */
	readonly key: string;
	/** A text that no other process and no other download of this one uses. */
	readonly owner: string;
	readonly clock: Clock;
	/** Whether the BLAKE2b-256 is wanted too. */
	readonly wantBlake2: boolean;
};

/** @throws BuildError STX0904, STX0905 */
export async function openPartial({folder, key, owner, clock, wantBlake2}: PartialOptions): Promise<PartialFile> {
	const free = path.join(folder, `${key}.part`);
	const busy = path.join(folder, `${key}.${owner}.busy`);
	let sums = await newDigests(wantBlake2);
	let handle: FileHandle;
	let isGoneOnWith: boolean;
	try {
		await makeFolder(folder);
		const isClaimed = await claim({
			folder, key, free, busy, now: clock.now().getTime(),
		});
		handle = await open(busy, 'a');
		isGoneOnWith = (await handle.stat()).size > 0;
		if (isClaimed || isGoneOnWith) {
			// From now on it is alive, whenever it was last written to.
			await handle.utimes(clock.now(), clock.now());
		}
	} catch (error) {
		throw fileError(error, busy);
	}

	let size = 0;
	const count = (chunk: Uint8Array) => {
		sums.sha256.update(chunk);
		sums.blake2?.update(chunk);
		size += chunk.length;
	};

	if (isGoneOnWith) {
		for await (const chunk of createReadStream(busy)) {
			count(chunk as Uint8Array);
		}
	}

	return {
		file: busy,
		get size() {
			return size;
		},
		async append(chunk) {
			try {
				await handle.appendFile(chunk);
			} catch (error) {
				throw fileError(error, busy);
			}

			count(chunk);
		},
		async truncate() {
			await handle.truncate(0);
			size = 0;
			sums = await newDigests(wantBlake2);
		},
		digests() {
			return {sha256: sums.sha256.digest('hex'), blake2: sums.blake2?.digest()};
		},
		async close() {
			const {size: there} = await handle.stat();
			await handle.close();
			if (there !== size) {
				throw new BuildError('STX0906', `\`${busy}\` has ${there} bytes, but ${size} came: another program has written to it`, {at: {file: busy}, hint: 'run the same command again'});
			}
		},
		async release() {
			await handle.close();
			// Another run may have taken it over.
			await (size === 0 ? rm(busy, {force: true}) : rename(busy, free).catch(() => undefined));
		},
		async remove() {
			await handle.close();
			await rm(busy, {force: true});
		},
	};
}

async function newDigests(wantBlake2: boolean): Promise<Digests> {
	return {sha256: createHash('sha256'), blake2: wantBlake2 ? await newBlake2() : undefined};
}

/** Loaded when it is wanted: few files are known by it. */
async function newBlake2(): Promise<Blake2> {
	const {createBlake2} = await import('./blake2.js');
	return createBlake2();
}

/** @returns whether something was there to be taken over. */
async function claim({folder, key, free, busy, now}: {readonly folder: string; readonly key: string; readonly free: string; readonly busy: string; readonly now: number}): Promise<boolean> {
	const names = await readdir(folder);
	const left = [];
	for (const name of names.filter(name => name.startsWith(`${key}.`) && name.endsWith('.busy'))) {
		const file = path.join(folder, name);
		const written = await stat(file).then(({mtimeMs}) => mtimeMs, () => now);
		if (now - written > abandonedAfter) {
			left.push(file);
		}
	}

	for (const file of [free, ...left]) {
		// Another run may be faster: then there is nothing to take over.
		const isMine = await rename(file, busy).then(() => true, () => false);
		if (isMine) {
			return true;
		}
	}

	return false;
}
