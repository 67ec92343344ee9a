/** Files and bytes: read with an error that says which, written whole or not at all. */
import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import type {Dirent} from 'node:fs';
import {
	access, lstat, mkdir, mkdtemp, open, readdir, readFile, realpath, rm, stat, type FileHandle,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import {BuildError, type ErrorCode} from '../errors.js';
import type {Digest} from '../plan/index.js';
import {temporaryPrefix} from './abandoned.js';

const hasCode = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'code' in error;

/** @throws BuildError STX0903 */
export async function readText(file: string): Promise<string> {
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		throw readingError(error, file);
	}
}

/** Whether this says that there is no such file. What cannot be read is there: something else must not take its place in silence. */
export const isAbsent = (error: unknown): boolean => hasCode(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/** What is in a folder; nothing where there is no such folder. @throws BuildError STX0903 for one that is there and cannot be read. */
export async function readFolder(folder: string): Promise<readonly Dirent[]> {
	try {
		return await readdir(folder, {withFileTypes: true});
	} catch (error) {
		if (isAbsent(error)) {
			return [];
		}

		throw readingError(error, folder);
	}
}

/** Whether there is such a file or folder. @throws BuildError STX0903 where that cannot be told, as in a folder that may not be read. */
export async function exists(file: string): Promise<boolean> {
	try {
		await access(file);
		return true;
	} catch (error) {
		// No file has a name that is too long.
		if (isAbsent(error) || (hasCode(error) && error.code === 'ENAMETOOLONG')) {
			return false;
		}

		throw readingError(error, file);
	}
}

/** Turns what the file system says of a file or folder that is read into an error that says what to do. @returns BuildError STX0903 */
export function readingError(error: unknown, file: string): BuildError {
	const known: Readonly<Record<string, readonly [string, string]>> = {
		ENOENT: ['does not exist', 'correct its name, or make it'],
		ENOTDIR: ['does not exist', 'correct its name, or make it'],
		EISDIR: ['is a folder, and a file is wanted', 'name a file in it'],
		EACCES: ['may not be read', 'allow yourself to read it'],
		EPERM: ['may not be read', 'allow yourself to read it'],
	};
	const [what, hint] = known[hasCode(error) ? error.code ?? '' : ''] ?? [];
	// Where it is stands in `at`: a path is long enough to be told once.
	return new BuildError('STX0903', `\`${path.basename(file)}\` ${what ?? 'cannot be read'}`, {at: {file}, ...(hint === undefined ? {cause: error} : {hint})});
}

/** Turns what the file system says into an error that says what to do. */
export function fileError(error: unknown, file: string): unknown {
	if (!hasCode(error) || error instanceof BuildError) {
		return error;
	}

	const known: Record<string, [ErrorCode, string, string]> = {
		ENOSPC: ['STX0905', 'the disk is full', 'free some room, or name another place with --workspace or --cache-dir'],
		EDQUOT: ['STX0905', 'the disk quota is used up', 'free some room, or name another place with --workspace or --cache-dir'],
		EROFS: ['STX0904', 'the file system is read-only', 'name a writable place with --workspace'],
		EACCES: ['STX0904', 'writing is not permitted', 'name a writable place with --workspace'],
		EPERM: ['STX0904', 'writing is not permitted', 'name a writable place with --workspace'],
	};
	const [code, what, hint] = known[error.code ?? ''] ?? ['STX0904', `it cannot be written (${error.code ?? error.message})`, undefined] as const;
	return new BuildError(code, `\`${file}\`: ${what}`, {at: {file}, cause: error, ...(hint !== undefined && {hint})});
}

/**
Makes a folder and those above it, where they are not there. Throws what the file system says. Node's own recursive
`mkdir` never ends below /proc, and says ENOENT where a file system is read-only.
*/
export async function makeFolder(folder: string): Promise<void> {
	if (await makeOne(folder)) {
		return;
	}

	const above = path.dirname(path.resolve(folder));
	await makeFolder(above);
	if (!await makeOne(folder)) {
		throw Object.assign(new Error(`no folder can be made in \`${above}\``), {code: 'ENOENT'});
	}
}

/** @returns whether it is there now; false where the folder above is missing. */
async function makeOne(folder: string): Promise<boolean> {
	try {
		await mkdir(folder);
		return true;
	} catch (error) {
		if (hasCode(error) && error.code === 'EEXIST' && await isFolder(folder)) {
			return true;
		}

		if (hasCode(error) && error.code === 'ENOENT') {
			return false;
		}

		throw error;
	}
}

const isFolder = async (file: string): Promise<boolean> => stat(file).then(found => found.isDirectory(), () => false);

/** Writes a file whole or not at all; its folder is made. @throws BuildError STX0904, STX0905 */
export async function writeWhole(file: string, data: string | Uint8Array, mode = 0o644): Promise<void> {
	try {
		await makeFolder(path.dirname(file));
		await writeFileAtomic(file, typeof data === 'string' ? data : Buffer.from(data), {mode});
	} catch (error) {
		throw fileError(error, file);
	}
}

/** Makes a temporary folder, gives it to `use`, and removes it however `use` ends. */
export async function withTemporaryFolder<T>(name: string, use: (folder: string) => Promise<T>, parent = tmpdir()): Promise<T> {
	await makeFolder(parent);
	const folder = await mkdtemp(path.join(parent, temporaryPrefix(name)));
	try {
		return await use(folder);
	} finally {
		// What a failed sibling was still writing may appear while the folder is emptied.
		await rm(folder, {
			recursive: true, force: true, maxRetries: 10, retryDelay: 50,
		});
	}
}

/**
The folder of a name below another one: `top` itself for an empty name.

@param top has no link in its path.
@returns its path; undefined where there is none, or where the name leads out of `top` or over a link.
*/
export async function folderBelow(top: string, name: string): Promise<string | undefined> {
	const folder = path.resolve(top, name);
	const isBelow = folder === top || folder.startsWith(`${top}${path.sep}`);
	const found = isBelow && await realpath(folder).catch(() => undefined) === folder && await lstat(folder);
	return found && found.isDirectory() ? folder : undefined;
}

/**
All that comes, in one piece. `buffer` of node:stream/consumers takes the way round by a Blob, which takes half a
millisecond.
*/
export async function inMemory(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
	const pieces = [];
	for await (const piece of content) {
		pieces.push(piece);
	}

	const [only] = pieces;
	return pieces.length === 1 && Buffer.isBuffer(only) ? only : Buffer.concat(pieces);
}

/** Bytes that are read at once: Node's streams read 64 KiB, and take longer to begin than a small file to be read. */
const pieceBytes = 512 * 1024;

/** Reads a file from its beginning to the end that it has now, and closes it, however far it is read. */
export async function * piecesOf(handle: FileHandle): AsyncGenerator<Buffer> {
	try {
		const {size} = await handle.stat();
		for (let left = size; left > 0;) {
			const {buffer, bytesRead} = await handle.read(Buffer.allocUnsafe(Math.min(pieceBytes, left)));
			if (bytesRead === 0) {
				break;
			}

			left -= bytesRead;
			yield buffer.subarray(0, bytesRead);
		}
	} finally {
		await handle.close();
	}
}

/** @throws BuildError STX0903 */
export async function digestOfFile(file: string): Promise<Digest> {
	const hash = createHash('sha256');
	try {
		for await (const piece of piecesOf(await open(file))) {
			hash.update(piece);
		}
	} catch (error) {
		throw readingError(error, file);
	}

	return `sha256:${hash.digest('hex')}`;
}
