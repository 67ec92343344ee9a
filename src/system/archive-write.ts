/** Writes archives that are the same bytes for the same members: sorted, with fixed owner, mode and time. */
import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {createReadStream, createWriteStream} from 'node:fs';
import {rename, stat} from 'node:fs/promises';
import path from 'node:path';
import {Readable, type PassThrough} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {Header, Pax, type HeaderData} from 'tar';
import {ZipFile} from 'yazl';
import {asError, BuildError} from '../errors.js';
import type {Digest} from '../plan/index.js';
import {normalizeMemberName, refused} from './archive-rules.js';
import {walkArchive} from './archive.js';
import {
	fileError, inMemory, readingError, withTemporaryFolder,
} from './files.js';

/** A file to be put into an archive, and where its bytes are: in memory, in a file, or in a stream of known length. */
export type ArchiveEntry = {
	readonly name: string;
	/** Mode 0755 in place of 0644; only in a zip. */
	readonly executable?: boolean;
} & (
	| {readonly content: string | Uint8Array}
	| {readonly file: string}
	| {readonly open: () => Readable; readonly size: number}
);

/** A tar that was written. */
export type MadeTar = {readonly digest: Digest; readonly size: number};

export type WriteTarOptions = {
	readonly signal?: AbortSignal;
	/** Called when all bytes are on disk and the file has not yet got its name. */
	readonly announce?: (made: MadeTar) => Promise<void>;
};

/** The time of every member: the earliest that a zip can state. */
const zipEpoch = {year: 1980, month: 0, day: 1};

/**
Writes a tar (ustar, with a pax header only where a name needs one): members sorted by the bytes of their names, owner 0,
mode 0644, time 0. Equal entries give equal bytes on every machine.

@param file is there whole afterwards or not at all.
@returns the digest and the length of the tar, hashed while it is written.
@throws BuildError STX0907 for a name that is not allowed or there twice, STX0903, STX0904, STX0905.
*/
export async function writeTar(entries: readonly ArchiveEntry[], file: string, {signal, announce}: WriteTarOptions = {}): Promise<MadeTar> {
	const sorted = sortEntries(entries, file);
	const hash = createHash('sha256');
	let size = 0;
	const hashed = async function * (): AsyncGenerator<Uint8Array> {
		for await (const block of inRecords(tarBlocks(sorted, file))) {
			hash.update(block);
			size += block.length;
			yield block;
		}
	};

	let made: MadeTar;
	await writeStream(() => Readable.from(hashed()), file, {
		signal,
		async announce() {
			made = {digest: `sha256:${hash.digest('hex')}`, size};
			await announce?.(made);
		},
	});
	return made!;
}

/** Bytes of a record: 20 blocks, as tar programs write. GNU tar cuts off an archive of other lengths when it deletes from it. */
const recordLength = 20 * 512;

async function * inRecords(blocks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
	let length = 0;
	for await (const block of blocks) {
		length += block.length;
		yield block;
	}

	yield Buffer.alloc((recordLength - (length % recordLength)) % recordLength);
}

async function * tarBlocks(entries: readonly ArchiveEntry[], file: string): AsyncIterable<Uint8Array> {
	for (const entry of entries) {
		const size = await sizeOf(entry);
		const data: HeaderData = {
			path: entry.name, mode: 0o644, uid: 0, gid: 0, uname: '', gname: '', size, mtime: new Date(0), type: 'File',
		};
		const header = new Header(data);
		const block = Buffer.alloc(512);
		if (header.encode(block)) {
			yield new Pax({
				path: entry.name, size, mtime: new Date(0), uid: 0, gid: 0,
			}).encode();
		}

		yield block;
		let written = 0;
		for await (const chunk of bytesOf(entry)) {
			written += chunk.length;
			yield chunk;
		}

		if (written !== size) {
			throw new BuildError('STX0906', `\`${entry.name}\` has ${written} bytes, but ${size} were stated`, {at: {file}});
		}

		yield Buffer.alloc((512 - (size % 512)) % 512);
	}

	yield Buffer.alloc(1024);
}

/**
Writes a zip: members sorted by the bytes of their names, those below a `.dist-info` folder last as the wheel
specification advises, time 1980-01-01, mode 0644 or 0755, not compressed. Equal entries give equal bytes on every
machine; compressed they would not: zlib is another one in other versions of Node, and on other processors.

@param file is there whole afterwards or not at all.
@throws BuildError STX0907, STX0903, STX0904, STX0905
*/
export async function writeZip(entries: readonly ArchiveEntry[], file: string, {signal}: {readonly signal?: AbortSignal} = {}): Promise<void> {
	const isMetadata = (name: string) => /^[^/]+\.dist-info\//.test(name);
	const sorted = sortEntries(entries, file);
	const ordered = [...sorted.filter(({name}) => !isMetadata(name)), ...sorted.filter(({name}) => isMetadata(name))];
	const sized = await Promise.all(ordered.map(async entry => ({entry, size: await sizeOf(entry)})));
	await writeStream(() => zipStream(sized), file, {signal});
}

/** Members up to this many bytes have their checksum before them, so that a reader need not wait for the end of the archive. */
const mostInMemory = 16 * 1024 * 1024;

function zipStream(entries: ReadonlyArray<{readonly entry: ArchiveEntry; readonly size: number}>): Readable {
	const zip = new ZipFile();
	const output = zip.outputStream as PassThrough;
	zip.on('error', (error: Error) => {
		output.destroy(error);
	});
	const fail = (error: unknown): void => {
		output.destroy(asError(error));
	};

	const add = async ({entry, size}: (typeof entries)[number]): Promise<void> => {
		const options = {
			// Zip knows local time only: the local time of this machine that reads 1980-01-01T00:00.
			mtime: new Date(zipEpoch.year, zipEpoch.month, zipEpoch.day),
			mode: entry.executable ? 0o10_0755 : 0o10_0644,
			forceDosTimestamp: true,
			compressionLevel: 0,
		};
		if (size <= mostInMemory) {
			zip.addBuffer(await inMemory(bytesOf(entry)), entry.name, options);
			if (output.writableNeedDrain) {
				await once(output, 'drain');
			}

			return;
		}

		zip.addReadStreamLazy(entry.name, options, give => {
			const stream = Readable.from(bytesOf(entry));
			stream.on('error', fail);
			give(undefined, stream);
		});
	};

	const addAll = async (): Promise<void> => {
		for (const entry of entries) {
			await add(entry);
		}

		zip.end();
	};

	addAll().catch(fail);
	return output;
}

/**
Writes a zip anew in the form of `writeZip`: what differs between two builds of the same wheel in order, times, modes
and compression is gone afterwards. The members' bytes stay as they are.

@throws BuildError STX0907 for links and whatever must not be unpacked, STX0910.
*/
export async function canonicalizeZip(source: string, target: string, {signal}: {readonly signal?: AbortSignal} = {}): Promise<void> {
	await withTemporaryFolder('zip', async folder => {
		const entries: ArchiveEntry[] = [];
		let kept = 0;
		await walkArchive(source, undefined, async (member, content) => {
			signal?.throwIfAborted();
			if (member.kind === 'symlink' || member.kind === 'hardlink') {
				throw refused(source, `member \`${member.name}\` is a link, which a wheel cannot have`);
			}

			if (member.kind !== 'file') {
				return;
			}

			const {name, executable, size} = member;
			if (kept + size <= mostInMemory) {
				kept += size;
				entries.push({name, executable, content: await inMemory(content)});
				return;
			}

			const file = path.join(folder, String(entries.length));
			await pipeline(content, createWriteStream(file));
			entries.push({name, executable, file});
		});
		await writeZip(entries, target, {...(signal && {signal})});
	}, path.dirname(target));
}

function sortEntries(entries: readonly ArchiveEntry[], file: string): readonly ArchiveEntry[] {
	const named = new Map<string, ArchiveEntry>();
	for (const entry of entries) {
		const name = normalizeMemberName(entry.name, file);
		if (name === undefined || named.has(name)) {
			throw refused(file, name === undefined ? 'a member without a name' : `member \`${name}\` is there twice`);
		}

		named.set(name, {...entry, name});
	}

	return [...named.values()].toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

async function sizeOf(entry: ArchiveEntry): Promise<number> {
	if ('content' in entry) {
		return Buffer.byteLength(entry.content);
	}

	if ('size' in entry) {
		return entry.size;
	}

	try {
		const {size} = await stat(entry.file);
		return size;
	} catch (error) {
		throw readingError(error, entry.file);
	}
}

async function * bytesOf(entry: ArchiveEntry): AsyncIterable<Uint8Array> {
	if ('content' in entry) {
		yield Buffer.isBuffer(entry.content) ? entry.content : Buffer.from(entry.content as Uint8Array);
		return;
	}

	if ('open' in entry) {
		yield * entry.open();
		return;
	}

	try {
		yield * createReadStream(entry.file);
	} catch (error) {
		throw readingError(error, entry.file);
	}
}

/** Writes what `start` gives to a file beside the wanted one and renames it when all is there. */
async function writeStream(start: () => Readable, file: string, {signal, announce}: {readonly signal: AbortSignal | undefined; readonly announce?: () => Promise<void>}): Promise<void> {
	try {
		await withTemporaryFolder('archive', async folder => {
			const partial = path.join(folder, path.basename(file));
			await pipeline(start(), createWriteStream(partial), {...(signal && {signal})});
			await announce?.();
			await rename(partial, file);
		}, path.dirname(file));
	} catch (error) {
		throw signal?.aborted ? new BuildError('STX0003', `interrupted while writing \`${file}\``, {at: {file}}) : fileError(error, file);
	}
}
