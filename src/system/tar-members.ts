/** Where the members of an uncompressed tar stand in it, so that each can be read without the others. */
import {Buffer} from 'node:buffer';
import type {FileHandle} from 'node:fs/promises';
import {Header, Pax, type HeaderData} from 'tar';
import {
	createGuard, isExecutable, normalizeMemberName, refused,
} from './archive-rules.js';
import {unreadable} from './archive-tar.js';
import type {FilePart} from './file-part.js';

export type TarMember = {
	/** Relative, with `/`. */
	readonly name: string;
	/** Its bytes in the tar. */
	readonly part: FilePart;
};

const blockBytes = 512;

/** Bytes of a header that says more of the next one: no name is longer. */
const longestExtension = 64 * 1024;

const fileTypes: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile']);
const folderTypes: ReadonlySet<string> = new Set(['Directory', 'GNUDumpDir']);
const extensionTypes: ReadonlySet<string> = new Set(['ExtendedHeader', 'GlobalExtendedHeader', 'NextFileHasLongPath', 'OldGnuLongPath']);

/**
Lists the files of a tar; folders are passed over.

@param archive its path, for the errors.
@throws BuildError STX0907 for links and whatever else is neither file nor folder, and for names that are not allowed or
there twice; STX0910 when it is no tar, or not a whole one: the blocks that end it are wanted too, so that a tar which is
still being written is not taken for a whole one.
*/
export async function listTarMembers(handle: FileHandle, archive: string): Promise<readonly TarMember[]> {
	const {size} = await handle.stat();
	const guard = createGuard(archive, size);
	const members: TarMember[] = [];
	const block = Buffer.alloc(blockBytes);
	let own: HeaderData | undefined;
	let global: HeaderData | undefined;
	for (let at = 0; ;) {
		const {bytesRead} = await handle.read(block, 0, blockBytes, at);
		if (bytesRead < blockBytes) {
			throw unreadable(archive, 'the end is missing');
		}

		const header = new Header(block, 0, own, global);
		if (header.nullBlock) {
			guard.finish();
			return members;
		}

		if (!header.cksumValid) {
			throw unreadable(archive, `the checksum of the header at byte ${at} is wrong`);
		}

		const bytes = header.size ?? 0;
		const start = at + blockBytes;
		if (start + bytes > size) {
			throw unreadable(archive, `member \`${own?.path ?? header.path ?? ''}\` is cut off`);
		}

		at = start + (Math.ceil(bytes / blockBytes) * blockBytes);
		if (extensionTypes.has(header.type)) {
			const text = await readExtension(start, bytes);
			if (header.type === 'GlobalExtendedHeader') {
				global = Pax.parse(text, global, true);
			} else {
				own = header.type === 'ExtendedHeader' ? Pax.parse(text, own) : {...own, path: text.replace(/\0.*$/s, '')};
			}

			continue;
		}

		// Header puts its own prefix before a name that comes from an extension.
		const path = own?.path ?? header.path ?? '';
		own = undefined;
		const isFile = fileTypes.has(header.type);
		if (!isFile && !folderTypes.has(header.type)) {
			throw refused(archive, `member \`${path}\` is a ${header.type}`);
		}

		const name = normalizeMemberName(path, archive);
		if (name === undefined) {
			continue;
		}

		guard.member({
			name, kind: isFile ? 'file' : 'folder', size: bytes, executable: isExecutable(header.mode ?? 0), modified: header.mtime ?? new Date(0),
		});
		if (isFile) {
			members.push({name, part: {start, end: start + bytes}});
		}
	}

	async function readExtension(start: number, bytes: number): Promise<string> {
		if (bytes > longestExtension) {
			throw refused(archive, `a header of ${bytes} bytes`);
		}

		const text = Buffer.alloc(bytes);
		await handle.read(text, 0, bytes, start);
		return text.toString('utf8');
	}
}
