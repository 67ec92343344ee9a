/**
The store: content by its sha256, and the results of steps by their key, in a folder that several runs may use at once.
Layout and index are those of cacache; content is found by its place, and the index has results alone. New content is
hashed while it is written to a temporary file, which is then moved to its place, so that it is there whole or not at all.
*/
import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {createReadStream, createWriteStream} from 'node:fs';
import {
	access, constants, open, rename, rm, stat, type FileHandle,
} from 'node:fs/promises';
import path from 'node:path';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import contentPath from 'cacache/lib/content/path.js';
import {find, insert} from 'cacache/lib/entry-index.js';
import {BuildError} from '../errors.js';
import type {
	Digest, Json, Key, Store,
} from '../plan/index.js';
import {removeAbandoned, temporaryPrefix} from './abandoned.js';
import {systemClock, type Clock} from './clock.js';
import {
	fileError, makeFolder, piecesOf, withTemporaryFolder,
} from './files.js';

const resultKey = (key: Key): string => `stx-build:result:${key}`;

/** The same digest as Subresource Integrity writes it, which cacache speaks. */
const integrityOf = (digest: Digest): string => `sha256-${Buffer.from(digest.slice('sha256:'.length), 'hex').toString('base64')}`;

/** Where the content of a digest is. */
const placeOf = (folder: string, digest: Digest): string => contentPath(folder, integrityOf(digest));

/** Results are in the index itself, in the place for an entry's metadata; as content they are entries of no bytes. */
type ResultEntry = {readonly result: Json};
const digestOfNothing: Digest = `sha256:${createHash('sha256').digest('hex')}`;

/** Files this process has extracted: names that no two stores in it share. */
let extracted = 0;

/**
Opens a store. The folder is made when something is first written.

@param folder an absolute path; all that is in it belongs to the store.
*/
export function createStore(folder: string, clock: Clock = systemClock): Store {
	const temporaryFolder = path.join(folder, 'tmp');
	let prepared: Promise<void> | undefined;
	const prepare = async (): Promise<void> => {
		prepared ??= removeAbandoned(temporaryFolder, clock.now());
		return prepared;
	};

	const sizeOf = async (digest: Digest): Promise<number | undefined> => stat(placeOf(folder, digest)).then(({size}) => size, () => undefined);
	const openContent = (digest: Digest): Readable => Readable.from(readVerified(folder, digest), {objectMode: false});

	return {
		async result(key) {
			// A line of the index that is cut off or has changed is no entry: the step is done again.
			const entry = await find(folder, resultKey(key));
			return entry ? (entry.metadata as ResultEntry).result : undefined;
		},

		async keep(key, result) {
			await writing({folder}, async () => keepResult(folder, key, {result}));
		},

		async has(digest) {
			return await sizeOf(digest) !== undefined;
		},

		size: sizeOf,

		async add(content, expected) {
			return writing({folder}, async () => {
				await prepare();
				return addContent(folder, content, expected);
			});
		},

		async take(file, digest) {
			await writing({folder}, async () => {
				try {
					await putContent(folder, file, digest);
				} catch (error) {
					if ((error as NodeJS.ErrnoException).code !== 'EXDEV') {
						throw error;
					}

					await addContent(folder, createReadStream(file), digest);
					await rm(file);
				}
			});
		},

		open: openContent,

		async use(digest, use) {
			await verify(folder, digest);
			return use(placeOf(folder, digest));
		},

		async extractTo(digest, file) {
			const target = path.dirname(file);
			await writing({folder: target, place: file}, async () => {
				await makeFolder(target);
				const whole = path.join(target, `${temporaryPrefix('extract')}${String(extracted++).padStart(6, '0')}`);
				try {
					await writePieces(whole, readVerified(folder, digest));
					await rename(whole, file);
				} catch (error) {
					await rm(whole, {force: true});
					throw error;
				}
			});
		},
	};
}

/**
Writes content to its place.

@throws BuildError STX0906 when the digest is not the expected one.
*/
async function addContent(folder: string, content: Readable, expected: Digest | undefined): Promise<{digest: Digest; size: number}> {
	return withTemporaryFolder('add', async temporary => {
		const file = path.join(temporary, 'content');
		const hash = createHash('sha256');
		let size = 0;
		await pipeline(
			content,
			async function * (source: AsyncIterable<Buffer>) {
				for await (const chunk of source) {
					hash.update(chunk);
					size += chunk.length;
					yield chunk;
				}
			},
			createWriteStream(file, {flags: 'wx'}),
		);
		const digest: Digest = `sha256:${hash.digest('hex')}`;
		if (expected !== undefined && digest !== expected) {
			throw new BuildError('STX0906', `the content has the digest \`${digest}\`, but \`${expected}\` was expected`);
		}

		await putContent(folder, file, digest);
		return {digest, size};
	}, path.join(folder, 'tmp'));
}

/** Moves a file to the place of its content. */
async function putContent(folder: string, file: string, digest: Digest): Promise<void> {
	const place = placeOf(folder, digest);
	await makeFolder(path.dirname(place));
	// Over what may be there: equal bytes, or bytes that are no longer what they were.
	await rename(file, place);
}

async function keepResult(folder: string, key: Key, metadata: ResultEntry): Promise<void> {
	const entry = await insert(folder, resultKey(key), integrityOf(digestOfNothing), {size: 0, metadata});
	if (!entry) {
		// What cacache does not say: it gives nothing when the place for its index cannot be made.
		await makeFolder(folder);
		await access(folder, constants.W_OK);
		throw new BuildError('STX0904', `the index of the store \`${folder}\` cannot be written`, {hint: 'try again; another program may have removed a part of the store'});
	}
}

/** The bytes of a digest. What turns out to have changed is taken out of the store, so that it is fetched anew. */
async function * readVerified(folder: string, digest: Digest): AsyncGenerator<Buffer> {
	const hash = createHash('sha256');
	for await (const piece of piecesOf(await openStored(folder, digest))) {
		hash.update(piece);
		yield piece;
	}

	if (`sha256:${hash.digest('hex')}` !== digest) {
		await rm(placeOf(folder, digest), {force: true});
		throw new BuildError('STX0906', `the stored content \`${digest}\` has changed since it was stored; it was removed from \`${folder}\``, {
			hint: 'run the same command again: it is fetched or built anew; when this comes back, check the disk',
		});
	}
}

/** @throws BuildError STX0802, STX0906 */
async function verify(folder: string, digest: Digest): Promise<void> {
	const pieces = readVerified(folder, digest);
	let isEnd = false;
	while (!isEnd) {
		isEnd = (await pieces.next()).done === true;
	}
}

async function openStored(folder: string, digest: Digest): Promise<FileHandle> {
	try {
		return await open(placeOf(folder, digest));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
			throw new BuildError('STX0802', `the content \`${digest}\` is not in the store \`${folder}\``, {
				hint: 'run the same command again: it is fetched or built anew',
				cause: error,
			});
		}

		throw error;
	}
}

/** Writes a new file. */
async function writePieces(file: string, pieces: AsyncIterable<Buffer>): Promise<void> {
	const handle = await open(file, 'wx');
	try {
		for await (const piece of pieces) {
			await handle.writeFile(piece);
		}
	} finally {
		await handle.close();
	}
}

/**
Does something that writes below a folder. What the file system refuses there becomes a BuildError about `place`; errors
of where the bytes come from stay what they are.
*/
async function writing<T>({folder, place = folder}: {readonly folder: string; readonly place?: string}, write: () => Promise<T>): Promise<T> {
	try {
		return await write();
	} catch (error) {
		const {syscall, path: file = folder} = error as NodeJS.ErrnoException;
		const isOurs = syscall !== undefined && ['access', 'mkdir', 'mkdtemp', 'open', 'rename', 'write'].includes(syscall) && (file.startsWith(folder) || folder.startsWith(file));
		throw isOurs ? fileError(error, place) : error;
	}
}
