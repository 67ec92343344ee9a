/**
Digests of large files that seldom change: a file is read again only when its place, inode, size or times are others
than when it was read. So does git's index know which files have changed.
*/
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {
	keyOf, type Digest, type Key, type Store,
} from '../plan/index.js';
import {digestOfFile, readingError} from './files.js';

/**
The digest of a file, which is remembered in the store.

@throws BuildError STX0903
*/
export async function knownDigest(file: string, store: Store): Promise<Digest> {
	const key = await stateOfFile(file);
	const known = await store.result(key);
	if (typeof known === 'string') {
		return known as Digest;
	}

	const digest = await digestOfFile(file);
	// Of a file that was changed while it was read nothing is known.
	if (await stateOfFile(file) === key) {
		await store.keep(key, digest);
	}

	return digest;
}

/** Remembers the digest of a file that was just written. @throws BuildError STX0903 */
export async function rememberDigest(file: string, digest: Digest, store: Store): Promise<void> {
	await store.keep(await stateOfFile(file), digest);
}

/** What is another key when a file was written to: the time of the last change of its inode is what no program can set back. @throws BuildError STX0903 */
export async function stateOfFile(file: string): Promise<Key> {
	const at = path.resolve(file);
	try {
		const found = await stat(at, {bigint: true});
		const [device, inode, size, modified, changed] = [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].map(String) as [string, string, string, string, string];
		return keyOf({
			kind: 'file.digest', file: at, device, inode, size, modified, changed,
		});
	} catch (error) {
		throw readingError(error, file);
	}
}
