/** Reads the members of a tar, plain or gzip-compressed, in one pass. */
import {Buffer} from 'node:buffer';
import {once} from 'node:events';
import type {FileHandle} from 'node:fs/promises';
import {createGunzip} from 'node:zlib';
import {Parser, type ReadEntry} from 'tar';
import {BuildError} from '../errors.js';
import {
	isExecutable, normalizeMemberName, refused, type Guard, type Member, type Visit,
} from './archive-rules.js';
import {streamPart, type FilePart} from './file-part.js';

const kinds: Readonly<Record<string, Member['kind']>> = {
	File: 'file',
	OldFile: 'file',
	ContiguousFile: 'file',
	Directory: 'folder',
	GNUDumpDir: 'folder',
	SymbolicLink: 'symlink',
	Link: 'hardlink',
};

/**
@param archive what errors are to call it.
@param visit is called for one member after the other, in the order of the archive.
@throws BuildError STX0907 for what must not be unpacked, STX0910 for what cannot be read.
*/
export async function walkTar(archive: string, {
	handle, part, gzip, guard, visit,
}: {readonly handle: FileHandle; readonly part: FilePart; readonly gzip: boolean; readonly guard: Guard; readonly visit: Visit}): Promise<void> {
	let failure: Error | undefined;
	let fail!: (error: Error) => void;
	const failed = new Promise<never>((_resolve, reject) => {
		fail = error => {
			failure ??= error;
			reject(error);
		};
	});
	failed.catch(() => undefined);

	let work = Promise.resolve();
	let current: ReadEntry | undefined;
	const parser = new Parser({
		// The ratio is the guard's business.
		maxDecompressionRatio: Number.POSITIVE_INFINITY,
		onwarn(_code, message) {
			fail(unreadable(archive, String(message)));
		},
		onReadEntry(entry) {
			work = work.then(async () => {
				if (failure === undefined) {
					await takeEntry(entry);
				}
			}).catch(fail);
		},
	});
	parser.on('ignoredEntry', (entry: ReadEntry) => {
		fail(refused(archive, `member \`${entry.path}\` is a ${entry.type}`));
	});
	parser.on('error', (error: Error) => {
		fail(unreadable(archive, error.message));
	});

	const takeEntry = async (entry: ReadEntry) => {
		const member = toMember(entry, archive);
		if (member === undefined) {
			entry.resume();
			return;
		}

		guard.member(member);
		current = entry;
		await (member.kind === 'file' ? visit(member, entry as AsyncIterable<Buffer>) : visit(member, none()));

		// What the visitor did not read is passed over.
		entry.resume();
	};

	const packed = streamPart(handle, part);
	const gunzip = gzip ? createGunzip() : undefined;
	packed.on('error', error => {
		gunzip?.destroy(error);
	});
	const source = gunzip === undefined ? packed : packed.pipe(gunzip);
	try {
		const ended = once(parser, 'end');
		ended.catch(() => undefined);
		for await (const chunk of withHead(source as AsyncIterable<Buffer>, archive)) {
			guard.unpacked(chunk.length);
			if (failure !== undefined) {
				break;
			}

			if (!parser.write(chunk)) {
				await Promise.race([once(parser, 'drain'), failed]);
			}
		}

		if (failure === undefined) {
			parser.end();
			await Promise.race([ended, failed]);
			await Promise.race([work, failed]);
		}
	} catch (error) {
		failure ??= error instanceof BuildError ? error : unreadable(archive, (error as Error).message, error);
	} finally {
		packed.destroy();
		gunzip?.destroy();
	}

	if (failure !== undefined) {
		// Nothing may still be writing when the caller clears up.
		current?.destroy(failure);
		await work;
		throw failure;
	}
}

/**
Passes bytes on, the first block in one piece. The parser would unpack what is compressed once more, past all limits:
only a plain tar may reach it.
*/
async function * withHead(source: AsyncIterable<Buffer>, archive: string): AsyncIterable<Buffer> {
	let head: Buffer | undefined = Buffer.alloc(0);
	for await (const chunk of source) {
		if (head === undefined) {
			yield chunk;
			continue;
		}

		head = Buffer.concat([head, chunk]);
		if (head.length >= 512) {
			verifyTarHead(head, archive);
			yield head;
			head = undefined;
		}
	}

	if (head !== undefined) {
		throw unreadable(archive, 'it ends before the first member');
	}
}

function verifyTarHead(head: Buffer, archive: string): void {
	if (!isTarHead(head)) {
		throw unreadable(archive, 'what is compressed in it is no tar');
	}
}

async function * none(): AsyncIterable<Buffer> {
	// No bytes.
}

function toMember(entry: ReadEntry, archive: string): Member | undefined {
	const kind = kinds[entry.type];
	if (kind === undefined) {
		throw refused(archive, `member \`${entry.path}\` is a ${entry.type}`);
	}

	const name = normalizeMemberName(entry.path, archive);
	if (name === undefined) {
		if (kind === 'folder') {
			return undefined;
		}

		throw refused(archive, `member \`${entry.path}\` has no name`);
	}

	const link = entry.linkpath ?? '';
	return {
		name,
		kind,
		size: entry.size,
		executable: isExecutable(entry.mode ?? 0),
		modified: entry.mtime ?? new Date(0),
		...(kind === 'symlink' && {target: link}),
		...(kind === 'hardlink' && {target: normalizeMemberName(link, archive) ?? ''}),
	};
}

export function unreadable(archive: string, why: string, cause?: unknown): BuildError {
	return new BuildError('STX0910', `\`${archive}\` cannot be read as an archive: ${why}`, {at: {file: archive}, ...(cause !== undefined && {cause})});
}

/**
A tar has no magic number in its oldest format: the checksum of its first header tells.

@param head at least the first 512 bytes.
*/
export function isTarHead(head: Buffer): boolean {
	const block = head.subarray(0, 512);
	const stated = Number.parseInt(block.subarray(148, 156).toString('latin1'), 8);
	let sum = 0;
	for (const [index, byte] of block.entries()) {
		sum += index >= 148 && index < 156 ? 0x20 : byte;
	}

	return block.length === 512 && stated === sum;
}
