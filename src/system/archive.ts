/**
Reads archives that strangers made: sdists (`.tar.gz`, `.tar`, `.zip`) and wheels. What an archive is, its first bytes
say, not its name: files of the store have none.

Refused with STX0907: absolute names, `..`, links and hard links that lead out, devices, a name that is there twice,
members below a link, overlapping members, more members or bytes than the limits.
*/
import {Buffer} from 'node:buffer';
import {
	chmod, link, mkdir, open, readdir, rm, stat, symlink, writeFile, type FileHandle,
} from 'node:fs/promises';
import path from 'node:path';
import {BuildError} from '../errors.js';
import {
	createGuard, refused, type ArchiveLimits, type Guard, type Member, type Visit,
} from './archive-rules.js';
import {isTarHead, unreadable, walkTar} from './archive-tar.js';
import {walkZip} from './archive-zip.js';
import type {FilePart} from './file-part.js';
import {fileError, readingError} from './files.js';

export type {ArchiveLimits, Member} from './archive-rules.js';

export type ArchiveOptions = ArchiveLimits & {
	/** What errors are to call it; its path by default. */
	readonly name?: string;
};

export type ArchiveKind = 'tar' | 'gzip' | 'zip';

/**
@param head the first 512 bytes of a file.
@throws BuildError STX0910 for a kind that cannot be unpacked, named, and for no archive at all.
*/
export function archiveKind(head: Buffer, archive: string): ArchiveKind {
	const starts = (...bytes: readonly number[]) => head.subarray(0, bytes.length).equals(Buffer.from(bytes));
	if (starts(0x1F, 0x8B)) {
		return 'gzip';
	}

	if (starts(0x50, 0x4B, 0x03, 0x04) || starts(0x50, 0x4B, 0x05, 0x06)) {
		return 'zip';
	}

	if (isTarHead(head)) {
		return 'tar';
	}

	const other = compressionOf(head);
	throw unreadable(archive, other === undefined ? 'it is neither a tar nor a zip' : `it is compressed with ${other.name}; only gzip and zip can be unpacked`);
}

/** How a file is compressed, and the program that unpacks it. */
export type Compression = {readonly name: 'gzip' | 'bzip2' | 'xz' | 'zstd'; readonly program: string};

const compressions: ReadonlyArray<Compression & {readonly bytes: readonly number[]}> = [
	{name: 'gzip', program: 'gunzip', bytes: [0x1F, 0x8B]},
	{name: 'bzip2', program: 'bunzip2', bytes: [0x42, 0x5A, 0x68]},
	{name: 'xz', program: 'unxz', bytes: [0xFD, 0x37, 0x7A, 0x58, 0x5A]},
	{name: 'zstd', program: 'unzstd', bytes: [0x28, 0xB5, 0x2F, 0xFD]},
];

/** @param head the first bytes of a file. */
export const compressionOf = (head: Uint8Array): Compression | undefined => compressions.find(({bytes}) => bytes.every((byte, index) => head[index] === byte));

/** How a file on disk is compressed; undefined when it is not, or cannot be read. */
export async function compressionOfFile(file: string): Promise<Compression | undefined> {
	const handle = await open(file, 'r').catch(() => undefined);
	try {
		const head = new Uint8Array(8);
		await handle?.read(head, 0, head.length, 0);
		return compressionOf(head);
	} catch {
		// It is a folder: whoever reads it finds that out.
		return undefined;
	} finally {
		await handle?.close();
	}
}

/**
Calls `visit` for one member after the other.

@throws BuildError STX0903, STX0907, STX0910
*/
export async function walkArchive(file: string, options: ArchiveOptions | undefined, visit: (member: Member, content: AsyncIterable<Buffer>, guard: Guard) => Promise<void>): Promise<void> {
	const {name: archive = file, ...limits} = options ?? {};
	const handle = await open(file, 'r').catch((error: unknown) => {
		throw readingError(error, file);
	});
	try {
		const {size, head} = await readHead(handle).catch((error: unknown) => {
			throw readingError(error, file);
		});
		const guard = createGuard(archive, size, limits);
		const kind = archiveKind(head, archive);
		const withGuard: Visit = async (member, content) => visit(member, content, guard);
		const part = {start: 0, end: size};
		await (kind === 'zip'
			? walkZip(archive, {
				handle, part, guard, visit: withGuard,
			})
			: walkTar(archive, {
				handle, part, gzip: kind === 'gzip', guard, visit: withGuard,
			}));
		guard.finish();
	} finally {
		await handle.close();
	}
}

/** @returns the bytes that the file has, and the first of them, which tell its kind. */
async function readHead(handle: FileHandle): Promise<{readonly size: number; readonly head: Buffer}> {
	const {size} = await handle.stat();
	const {buffer, bytesRead} = await handle.read(Buffer.alloc(512), 0, 512, 0);
	return {size, head: buffer.subarray(0, bytesRead)};
}

/**
Reads some members into memory without unpacking the rest.

@param pick is asked with each file's normalised name.
@returns name -> bytes, in the order of the archive.
@throws BuildError STX0907 for a hostile archive or a picked member that is too large, STX0910.
*/
export async function readMembers(file: string, pick: (name: string) => boolean, options?: ArchiveOptions): Promise<Map<string, Buffer>> {
	const found = new Map<string, Buffer>();
	await walkArchive(file, options, keepPicked(options?.name ?? file, pick, found));
	return found;
}

/**
As `readMembers`, of a zip that is a part of an open file.

@param archive what errors are to call it.
*/
export async function readZipPart(archive: string, {handle, part}: {readonly handle: FileHandle; readonly part: FilePart}, pick: (name: string) => boolean): Promise<Map<string, Buffer>> {
	const found = new Map<string, Buffer>();
	const guard = createGuard(archive, part.end - part.start);
	const keep = keepPicked(archive, pick, found);
	await walkZip(archive, {
		handle, part, guard, visit: async (member, content) => keep(member, content, guard),
	});
	guard.finish();
	return found;
}

const keepPicked = (archive: string, pick: (name: string) => boolean, found: Map<string, Buffer>) => async (member: Member, content: AsyncIterable<Buffer>, guard: Guard): Promise<void> => {
	if (member.kind !== 'file' || !pick(member.name)) {
		return;
	}

	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of content) {
		size += chunk.length;
		if (size > guard.memberBytes) {
			throw refused(archive, `member \`${member.name}\` is larger than ${guard.memberBytes} bytes`);
		}

		chunks.push(chunk);
	}

	found.set(member.name, Buffer.concat(chunks));
};

/**
Unpacks an archive into a folder that is empty or not there yet. Files get mode 0644 or 0755 and the time the archive
states; symbolic links are made last, so that nothing is written through one. On an error nothing is left.

@throws BuildError STX0904 when the folder is not empty or cannot be written, STX0907, STX0910.
*/
export async function extractArchive(archive: string, folder: string, options?: ArchiveOptions): Promise<void> {
	const there = await stat(folder).then(() => true, () => false);
	await mkdir(folder, {recursive: true}).catch((error: unknown) => {
		throw fileError(error, folder);
	});
	const inside = await readdir(folder);
	if (inside.length > 0) {
		throw new BuildError('STX0904', `\`${folder}\` is not empty: an archive is unpacked into a folder of its own`, {at: {file: folder}});
	}

	const links = new Map<string, string>();
	const makeFolder = folderMaker(folder);
	try {
		await walkArchive(archive, options, async (member, content) => writingInto(folder, async () => {
			const file = path.join(folder, member.name);
			await makeFolder(member.kind === 'folder' ? member.name : path.posix.dirname(member.name));
			const make: Record<Member['kind'], () => Promise<void>> = {
				file: async () => writeMember(file, member, content),
				folder: async () => undefined,
				hardlink: async () => link(path.join(folder, member.target ?? ''), file),
				async symlink() {
					links.set(member.name, member.target ?? '');
				},
			};
			await make[member.kind]();
		}));
		for (const [name, target] of links) {
			await symlink(target, path.join(folder, name));
		}
	} catch (error) {
		await (there ? empty(folder) : rm(folder, {recursive: true, force: true}));
		throw fileError(error, folder);
	}
}

/** A disk that takes no more is not the archive's fault, which the errors of reading it are. */
async function writingInto(folder: string, write: () => Promise<void>): Promise<void> {
	try {
		await write();
	} catch (error) {
		const {syscall} = error as NodeJS.ErrnoException;
		throw syscall === undefined || syscall === 'read' ? error : fileError(error, folder);
	}
}

/** Makes folders below `root`, each once, with mode 0755 whatever the umask. */
function folderMaker(root: string): (name: string) => Promise<void> {
	const made = new Set<string>(['.']);
	return async function make(name) {
		if (made.has(name)) {
			return;
		}

		await make(path.posix.dirname(name));
		const folder = path.join(root, name);
		await mkdir(folder);
		await chmod(folder, 0o755);
		made.add(name);
	};
}

async function writeMember(file: string, member: Member, content: AsyncIterable<Buffer>): Promise<void> {
	const handle = await open(file, 'wx');
	try {
		await writeFile(handle, content);
		// Not at creation, where the umask has a say.
		await handle.chmod(member.executable ? 0o755 : 0o644);
		const seconds = Math.max(0, member.modified.getTime() / 1000 || 0);
		await handle.utimes(seconds, seconds);
	} finally {
		await handle.close();
	}
}

async function empty(folder: string): Promise<void> {
	for (const name of await readdir(folder)) {
		await rm(path.join(folder, name), {recursive: true, force: true});
	}
}
