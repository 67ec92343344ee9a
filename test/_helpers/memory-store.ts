/** A store that keeps everything in memory, for tests that are not about the disk. */
import {type Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import {BuildError} from '../../src/errors.js';
import type {
	Digest, Json, Key, Store,
} from '../../src/plan/index.js';
import {withTemporaryFolder} from '../../src/system/index.js';

export type MemoryStore = Store & {
	readonly results: Map<Key, Json>;
	readonly contents: Map<Digest, Buffer>;
};

export function createMemoryStore(): MemoryStore {
	const results = new Map<Key, Json>();
	const contents = new Map<Digest, Buffer>();
	const bytesOf = (digest: Digest): Buffer => {
		const bytes = contents.get(digest);
		if (!bytes) {
			throw new BuildError('STX0802', `the content \`${digest}\` is not in the store`);
		}

		return bytes;
	};

	return {
		results,
		contents,
		result: async key => results.get(key),
		async keep(key, result) {
			results.set(key, structuredClone(result));
		},
		has: async digest => contents.has(digest),
		size: async digest => contents.get(digest)?.length,
		async add(content, expected) {
			const bytes = await buffer(content);
			const digest: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
			if (expected !== undefined && digest !== expected) {
				throw new BuildError('STX0906', `the content has the digest \`${digest}\`, but \`${expected}\` was expected`);
			}

			contents.set(digest, bytes);
			return {digest, size: bytes.length};
		},
		async take(file, digest) {
			const bytes = await readFile(file);
			if (digest !== `sha256:${createHash('sha256').update(bytes).digest('hex')}`) {
				throw new BuildError('STX0906', `the file is not \`${digest}\``);
			}

			contents.set(digest, bytes);
			await rm(file);
		},
		use: async (digest, use) => withTemporaryFolder('memory-store', async folder => {
			const file = path.join(folder, 'content');
			await writeFile(file, bytesOf(digest));
			return use(file);
		}),
		open: digest => Readable.from([bytesOf(digest)], {objectMode: false}),
		async extractTo(digest, file) {
			await writeFile(file, bytesOf(digest));
		},
	};
}
