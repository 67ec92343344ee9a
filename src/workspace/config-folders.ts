/**
Looking up build-config/ and wheels/: first in the user's folder, then in the package, so that a user adds services
and lists without touching ours.
*/
import {access, readdir} from 'node:fs/promises';
import path from 'node:path';

export type ConfigFolders = {
	/** Folders that may hold build-config/ and wheels/, the most specific first; the last is the package's own. */
	readonly roots: readonly string[];
};

/** The first of the roots' files with this relative path; undefined when none has it. */
export async function findConfig(folders: ConfigFolders, relative: string): Promise<string | undefined> {
	for (const root of folders.roots) {
		const file = path.join(root, relative);
		if (await access(file).then(() => true, () => false)) {
			return file;
		}
	}

	return undefined;
}

/** The files of a relative folder over all roots, one for each name (the most specific root wins), sorted by name. */
export async function listConfig(folders: ConfigFolders, relative: string, extension: string): Promise<readonly string[]> {
	const found = new Map<string, string>();
	for (const root of folders.roots) {
		const folder = path.join(root, relative);
		const names = await readdir(folder).catch(() => []);
		for (const name of names) {
			if (name.endsWith(extension) && !found.has(name)) {
				found.set(name, path.join(folder, name));
			}
		}
	}

	return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file);
}
