/**
Looking up build-config/ and wheels/: first in the user's folder, then in the package, so that a user adds services
and lists without touching ours.
*/
import {access, stat} from 'node:fs/promises';
import path from 'node:path';
import {BuildError} from '../errors.js';

export type ConfigFolders = {
	/** Folders that may hold build-config/ and wheels/, the most specific first; the last is the package's own. */
	readonly roots: readonly string[];
};

export const isFolder = async (folder: string): Promise<boolean> => stat(folder).then(found => found.isDirectory(), () => false);

/** @throws BuildError STX0104 when the folder that was named is none. */
export async function checkConfigFolder(folder: string): Promise<void> {
	if (!await isFolder(folder)) {
		throw new BuildError('STX0104', `there is no folder \`${folder}\` (from --config)`, {hint: 'name the folder that has build-config/ or wheels/ in it'});
	}
}

/** The first of the roots' files with this relative path; undefined when none has it. */
export async function findConfig(folders: ConfigFolders, relative: string): Promise<string | undefined> {
	const {isAbsent} = await import('../system/index.js');
	for (const root of folders.roots) {
		const file = path.join(root, relative);
		if (await access(file).then(() => true, (error: unknown) => !isAbsent(error))) {
			return file;
		}
	}

	return undefined;
}

/**
The files of a relative folder over all roots, one for each name (the most specific root wins), sorted by name.

@throws BuildError STX0903 for a folder that is there and cannot be read.
*/
export async function listConfig(folders: ConfigFolders, relative: string, extension: string): Promise<readonly string[]> {
	const {readFolder} = await import('../system/index.js');
	const found = new Map<string, string>();
	for (const root of folders.roots) {
		const folder = path.join(root, relative);
		for (const {name} of await readFolder(folder)) {
			if (name.endsWith(extension) && !found.has(name)) {
				found.set(name, path.join(folder, name));
			}
		}
	}

	return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file);
}
