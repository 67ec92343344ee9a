/** Reads the members of a zip (wheels are zips), by its central directory. */
import type {Buffer} from 'node:buffer';
import type {FileHandle} from 'node:fs/promises';
import type {Readable} from 'node:stream';
import {crc32} from 'node:zlib';
import {
	fromRandomAccessReaderPromise, type Entry, type ZipFile,
} from 'yauzl';
import {BuildError} from '../errors.js';
import {
	isExecutable, normalizeMemberName, refused, type Guard, type Member, type Visit,
} from './archive-rules.js';
import {unreadable} from './archive-tar.js';
import {PartReader, type FilePart} from './file-part.js';
import {inMemory} from './files.js';

/** Bytes that the target of a symbolic link may have. */
const longestLink = 4096;

type ZipWalk = {
	/** An open file, and where in it the zip is. */
	readonly handle: FileHandle;
	readonly part: FilePart;
	readonly guard: Guard;
	readonly visit: Visit;
};

/**
@param archive what errors are to call it.
@param visit is called for one member after the other, in the order of the central directory; content that it does not
read is never unpacked.
@throws BuildError STX0907 for what must not be unpacked, STX0910 for what cannot be read.
*/
export async function walkZip(archive: string, {
	handle, part, guard, visit,
}: ZipWalk): Promise<void> {
	const packedBytes = part.end - part.start;
	let zip: ZipFile | undefined;
	try {
		const options = {
			autoClose: false, lazyEntries: true, strictFileNames: false, decodeStrings: false,
		} as const;
		zip = await fromRandomAccessReaderPromise(new PartReader(handle, part), packedBytes, options);
		let compressed = 0;
		for await (const entry of zip.eachEntry()) {
			compressed += entry.compressedSize;
			if (compressed > packedBytes) {
				throw refused(archive, 'its members overlap');
			}

			await visitEntry(zip, entry);
		}
	} catch (error) {
		// What is read of the file says nothing of its name.
		throw error instanceof BuildError && error.at.length > 0 ? error : unreadable(archive, (error as Error).message, error);
	} finally {
		zip?.close();
	}

	async function visitEntry(zip: ZipFile, entry: Entry): Promise<void> {
		const raw = nameOf(entry);
		const name = normalizeMemberName(raw, archive);
		const kind = kindOf(entry, raw, archive);
		if (name === undefined) {
			return;
		}

		if (entry.isEncrypted() || !entry.canDecodeFileData()) {
			throw refused(archive, `member \`${name}\` is encrypted or compressed by a method that is not deflate (${entry.compressionMethod})`);
		}

		const member: Member = {
			name,
			kind,
			size: entry.uncompressedSize,
			executable: isExecutable(unixMode(entry)),
			modified: entry.getLastModDate({timezone: 'UTC'}),
			...(kind === 'symlink' && {target: await readLink(zip, entry, name)}),
		};
		guard.member(member);
		await visit(member, content(zip, entry, name));
	}

	async function readLink(zip: ZipFile, entry: Entry, name: string): Promise<string> {
		if (entry.uncompressedSize > longestLink) {
			throw refused(archive, `member \`${name}\` is a symbolic link of ${entry.uncompressedSize} bytes`);
		}

		const target = await inMemory(content(zip, entry, name));
		return target.toString();
	}

	/** The unpacked bytes of a member: its local header, length and CRC must agree with the central directory. */
	async function * content(zip: ZipFile, entry: Entry, name: string): AsyncIterable<Buffer> {
		const local = await zip.readLocalFileHeaderPromise(entry);
		if (!local.fileName.equals(entry.fileNameRaw)) {
			throw refused(archive, `member \`${name}\` has the name \`${local.fileName.toString()}\` in its own header`);
		}

		// By callback: the method of yauzl 3.4.0 that gives a promise for this calls another function.
		const stream = await new Promise<Readable>((resolve, reject) => {
			zip.openReadStreamLowLevel(local.fileDataStart, entry.compressedSize, 0, entry.compressedSize, entry.compressionMethod === 8, entry.uncompressedSize, (error, opened) => {
				if (error) {
					reject(error);
				} else {
					resolve(opened);
				}
			});
		});
		let sum = 0;
		for await (const chunk of stream) {
			guard.unpacked((chunk as Buffer).length);
			sum = crc32(chunk as Buffer, sum);
			yield chunk as Buffer;
		}

		if (sum !== entry.crc32) {
			throw unreadable(archive, `the checksum of member \`${name}\` is ${sum.toString(16)}, but ${entry.crc32.toString(16)} is stated`);
		}
	}
}

/** Wheels are UTF-8 by specification, whether or not the flag for it is set. */
function nameOf(entry: Entry): string {
	return entry.fileNameRaw.toString('utf8');
}

/** Type and permissions as `st_mode` has them; 0 when the archive was not made on Unix. */
function unixMode(entry: Entry): number {
	return Math.floor(entry.versionMadeBy / 0x1_00) === 3 ? Math.floor(entry.externalFileAttributes / 0x1_00_00) : 0;
}

function kindOf(entry: Entry, name: string, archive: string): Member['kind'] {
	switch (Math.floor(unixMode(entry) / 0o1_0000)) {
		case 0o04: {
			return 'folder';
		}

		case 0o12: {
			return 'symlink';
		}

		case 0:
		case 0o10: {
			return name.endsWith('/') ? 'folder' : 'file';
		}

		default: {
			throw refused(archive, `member \`${name}\` is neither file, folder nor link`);
		}
	}
}
