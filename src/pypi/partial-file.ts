/**
A download on its way: a file that outlives the run that began it, so that the next one goes on from there.

`<key>.part` belongs to nobody; to write to it, it is first renamed to `<key>.<owner>.busy`, so that two runs never write
to the same one. What a killed run left busy is taken over: of this machine when the process of its owner is gone, of
another one after a while without a sign of life.
*/
import {createHash, type Hash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {
	open, readdir, rename, rm, stat, type FileHandle,
} from 'node:fs/promises';
import {hostname} from 'node:os';
import path from 'node:path';
import {pid} from 'node:process';
import {BuildError} from '../errors.js';
import {
	fileError, isAlive, makeFolder, type Clock,
} from '../system/index.js';
import type {Blake2} from './blake2.js';

/**
Milliseconds without a sign of life after which a busy file of another machine counts as left behind: longer than an
attempt that brings nothing and the longest wait before the next one take together.
*/
const abandonedAfter = 600_000;

/** Machine and process of an owner, as `newOwner` has them. Names of machines may have dashes. */
const ownerPattern = /^(?<host>.+)-(?<id>[1-9]\d*)-\d+$/v;

/** Downloads this process has begun: names that no two clients in it share. */
let downloads = 0;

/** An owner that no other process and no other download of this one has. */
export const newOwner = (): string => `${hostname()}-${pid}-${downloads++}`;

/** The busy files that are this process's own: another one of its number, which is gone, may have left some too. */
const held = new Set<string>();

type Digests = {readonly sha256: Hash; readonly blake2: Blake2 | undefined};

export type PartialFile = {
	readonly file: string;
	/** Bytes that are there. */
	readonly size: number;
	append(chunk: Uint8Array): Promise<void>;
	/** A sign of life, before what may take long and write nothing. @throws BuildError STX0904 */
	touch(): Promise<void>;
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
	/** One that `newOwner` gives. */
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
	let size = 0;
	const count = (chunk: Uint8Array) => {
		sums.sha256.update(chunk);
		sums.blake2?.update(chunk);
		size += chunk.length;
	};

	let opened: FileHandle | undefined;
	// Before it is there: another download of this process looks through the folder too.
	held.add(busy);
	try {
		await makeFolder(folder);
		const isClaimed = await claim({
			folder, key, free, busy, now: clock.now().getTime(),
		});
		opened = await open(busy, 'a');
		const isGoneOnWith = (await opened.stat()).size > 0;
		if (isClaimed || isGoneOnWith) {
			// From now on it is alive, whenever it was last written to.
			await opened.utimes(clock.now(), clock.now());
		}

		if (isGoneOnWith) {
			for await (const chunk of createReadStream(busy)) {
				count(chunk as Uint8Array);
			}
		}
	} catch (error) {
		await opened?.close();
		held.delete(busy);
		throw fileError(error, busy);
	}

	const handle = opened;

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
		async touch() {
			try {
				await handle.utimes(clock.now(), clock.now());
			} catch (error) {
				throw fileError(error, busy);
			}
		},
		async truncate() {
			await handle.truncate(0);
			size = 0;
			sums = await newDigests(wantBlake2);
		},
		digests() {
			return {sha256: sums.sha256.digest('hex'), blake2: sums.blake2?.digest()};
		},
		// It stays this process's own until it is moved away.
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
			held.delete(busy);
		},
		async remove() {
			await handle.close();
			await rm(busy, {force: true});
			held.delete(busy);
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
		if (await isLeft(file, name.slice(`${key}.`.length, -'.busy'.length), now)) {
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

/** Whether nobody writes to a busy file any more. A process of this machine is asked itself: it may wait for a server as long as it wants. */
async function isLeft(file: string, owner: string, now: number): Promise<boolean> {
	const {host, id} = ownerPattern.exec(owner)?.groups ?? {};
	if (host === hostname()) {
		return Number(id) === pid ? !held.has(file) : !isAlive(Number(id));
	}

	const written = await stat(file).then(({mtimeMs}) => mtimeMs, () => now);
	return now - written > abandonedAfter;
}
