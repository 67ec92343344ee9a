/** Texts of metadata on disk, each by the digest that it was verified by. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {writeWhole} from '../system/index.js';

export type MetadataCache = {
	/**
	@param sha256 hex digits; undefined where nobody states a digest, and so nothing was kept.
	@param parse throws for what is no metadata, or that of something else.
	@returns what `parse` makes of the text that was kept; undefined when none was, or it cannot be read.
	*/
	read<T>(sha256: string | undefined, parse: (text: string) => T): Promise<T | undefined>;
	/** Whole or not at all: two runs may keep the same text at once. @throws BuildError STX0904, STX0905 */
	keep(sha256: string, text: string): Promise<void>;
};

/** @param folder made when the first text is kept. */
export function createMetadataCache(folder: string): MetadataCache {
	return {
		async read(sha256, parse) {
			if (sha256 === undefined) {
				return undefined;
			}

			try {
				return parse(await readFile(path.join(folder, sha256), 'utf8'));
			} catch {
				// A text that is not there or cannot be read is as good as none: its source says what is wrong.
				return undefined;
			}
		},
		async keep(sha256, text) {
			await writeWhole(path.join(folder, sha256), text);
		},
	};
}
