/** What an archive may hold. Pure; the readers of tar and zip ask here before they hand a member on. */
import {Buffer} from 'node:buffer';
import path from 'node:path';
import {BuildError} from '../errors.js';

export type ArchiveLimits = {
	/** Members of any kind. */
	readonly members?: number;
	/** Bytes of all members together, unpacked. */
	readonly bytes?: number;
	/** Bytes of one member that is read into memory. */
	readonly memberBytes?: number;
	/** Unpacked bytes for each packed one. Deflate gives up to 1032 for zeros; real sources stay below 20. */
	readonly ratio?: number;
};

const defaults: Required<ArchiveLimits> = {
	members: 200_000,
	bytes: 8 * (2 ** 30),
	memberBytes: 128 * (2 ** 20),
	ratio: 200,
};

/** Archives that unpack to less than this are not judged by their ratio. */
const harmlessBytes = 64 * (2 ** 20);

export type Member = {
	/** Relative, with `/`, without `.`, `..`, doubled or closing slashes. */
	readonly name: string;
	readonly kind: 'file' | 'folder' | 'symlink' | 'hardlink';
	/** What the archive says; what is really read is counted. */
	readonly size: number;
	readonly executable: boolean;
	readonly modified: Date;
	/** Of a hard link: the name of an earlier member. Of a symbolic link: what it holds. */
	readonly target?: string;
};

/** The error for an archive that must not be unpacked. */
export function refused(archive: string, what: string): BuildError {
	return new BuildError('STX0907', what, {at: {file: archive}, hint: 'the archive is malformed or hostile: do not use it'});
}

/**
@param name as it stands in the archive.
@returns the name as `Member` has it; undefined for the folder itself (`./`).
@throws BuildError STX0907 for a name that is absolute, leads out of the folder, or cannot be a file's name.
*/
export function normalizeMemberName(name: string, archive: string): string | undefined {
	if ([...name].some(letter => letter < ' ' || letter === '\u007F')) {
		throw refused(archive, `the name of member ${JSON.stringify(name)} has control characters`);
	}

	if (name.startsWith('/') || /^[a-z]:/i.test(name)) {
		throw refused(archive, `member \`${name}\` has an absolute path`);
	}

	if (name.includes('\\')) {
		throw refused(archive, `the name of member \`${name}\` has a backslash`);
	}

	const parts = name.split('/').filter(part => part !== '' && part !== '.');
	if (parts.includes('..')) {
		throw refused(archive, `member \`${name}\` leads out of the folder`);
	}

	if (parts.some(part => Buffer.byteLength(part) > 255) || Buffer.byteLength(name) > 4000) {
		throw refused(archive, `the name of member \`${name.slice(0, 60)}…\` is too long`);
	}

	return parts.length === 0 ? undefined : parts.join('/');
}

/** Whether the owner may execute a file of this mode. */
export function isExecutable(mode: number): boolean {
	return Math.floor(mode / 0o100) % 2 === 1;
}

/** Remembers what has been seen of one archive. */
export type Guard = {
	/** @throws BuildError STX0907 for one member too many, or one that is there already in another way. */
	member(member: Member): void;
	/** Counts unpacked bytes. @throws BuildError STX0907 when the archive unpacks to too much. */
	unpacked(bytes: number): void;
	/** To be called when all members have been seen. @throws BuildError STX0907 when a symbolic link leads out of the folder. */
	finish(): void;
	readonly memberBytes: number;
};

/** @param packedBytes the size of the archive's file. */
export function createGuard(archive: string, packedBytes: number, limits: ArchiveLimits = {}): Guard {
	const limit = {...defaults, ...limits};
	const kinds = new Map<string, Member['kind']>();
	const parents = new Set<string>();
	const symlinks = new Map<string, string>();
	const files: ReadonlySet<unknown> = new Set(['file', 'hardlink']);
	let members = 0;
	let bytes = 0;

	return {
		memberBytes: limit.memberBytes,
		member(member) {
			members++;
			if (members > limit.members) {
				throw refused(archive, `more than ${limit.members} members`);
			}

			const before = kinds.get(member.name);
			if (before !== undefined && !(before === 'folder' && member.kind === 'folder')) {
				throw refused(archive, `member \`${member.name}\` is there twice`);
			}

			if (member.kind !== 'folder' && parents.has(member.name)) {
				throw refused(archive, `member \`${member.name}\` is a ${member.kind} and a folder`);
			}

			if (member.kind === 'hardlink' && !files.has(kinds.get(member.target ?? ''))) {
				throw refused(archive, `member \`${member.name}\` is a hard link to \`${member.target ?? ''}\`, which is no file of the archive before it`);
			}

			if (member.kind === 'symlink') {
				symlinks.set(member.name, member.target ?? '');
			}

			kinds.set(member.name, member.kind);
			for (let parent = path.posix.dirname(member.name); parent !== '.'; parent = path.posix.dirname(parent)) {
				if ((kinds.get(parent) ?? 'folder') !== 'folder') {
					throw refused(archive, `member \`${member.name}\` lies below \`${parent}\`, which is a ${kinds.get(parent)!}`);
				}

				if (parents.has(parent)) {
					break;
				}

				parents.add(parent);
			}
		},
		unpacked(more) {
			bytes += more;
			if (bytes > limit.bytes) {
				throw refused(archive, `it unpacks to more than ${limit.bytes} bytes`);
			}

			if (bytes > harmlessBytes && bytes > packedBytes * limit.ratio) {
				throw refused(archive, `it unpacks to more than ${limit.ratio} times its size of ${packedBytes} bytes`);
			}
		},
		finish() {
			for (const [name, target] of symlinks) {
				if (resolveLink(name, symlinks) === undefined) {
					throw refused(archive, `member \`${name}\` is a symbolic link to \`${target}\`, out of the folder`);
				}
			}
		},
	};
}

/**
Where a symbolic link ends, as the kernel walks it: links met on the way are followed before `..` is applied.

@param links name -> what it holds, of all symbolic links of the archive.
@returns a path in the folder ('' for the folder itself), or undefined when it leads out or in circles.
*/
export function resolveLink(name: string, links: ReadonlyMap<string, string>): string | undefined {
	let steps = 0;
	const walk = (start: readonly string[], target: string): readonly string[] | undefined => {
		if (target === '' || target.startsWith('/') || target.includes('\\') || steps++ > 200) {
			return undefined;
		}

		let at = start;
		for (const part of target.split('/')) {
			if (part === '' || part === '.') {
				continue;
			}

			if (part === '..') {
				if (at.length === 0) {
					return undefined;
				}

				at = at.slice(0, -1);
				continue;
			}

			const next = [...at, part];
			const link = links.get(next.join('/'));
			const reached = link === undefined ? next : walk(at, link);
			if (reached === undefined) {
				return undefined;
			}

			at = reached;
		}

		return at;
	};

	return walk(name.split('/').slice(0, -1), links.get(name) ?? '')?.join('/');
}

/** Called with each member and its unpacked bytes, which may be left unread. */
export type Visit = (member: Member, content: AsyncIterable<Buffer>) => Promise<void>;
