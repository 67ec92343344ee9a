import {BuildError} from '../../errors.js';
import {maskSecrets} from '../../mask-secrets.js';
import {readText} from '../../system/index.js';
import {parseDirectiveValues} from './parse-directive-file.js';
import {parseIniValues} from './parse-image-ini.js';

/** One file as `directive show` tells it. */
export type ShownDirective
	= | {readonly file: string; readonly keys: Readonly<Record<string, {readonly raw: string; readonly value: string}>>}
		| {readonly file: string; readonly error: BuildError};

/**
Reads directive files, for people and scripts that want the values. A file that cannot be read is told in its place;
the others are read all the same. Passwords in URLs are masked.

@param files StarlingX's directive files, or image files of ours (by the extension `.ini`).
*/
export async function showDirectives(files: readonly string[]): Promise<readonly ShownDirective[]> {
	return Promise.all(files.map(async (file): Promise<ShownDirective> => {
		try {
			const text = await readText(file);
			const values = file.endsWith('.ini') ? parseIniValues(text, file) : parseDirectiveValues(text, file);
			return {file, keys: Object.fromEntries([...values].map(([key, {raw, value}]) => [key, {raw: maskSecrets(raw), value: maskSecrets(value)}]))};
		} catch (error) {
			if (!(error instanceof BuildError)) {
				throw error;
			}

			return {file, error};
		}
	}));
}
