/** The git repositories of a StarlingX checkout, as `git_list` of its build-tools/git-utils.sh finds them. */
import {realpath} from 'node:fs/promises';
import path from 'node:path';
import pMap from 'p-map';
import {isAbsent, readFolder, readingError} from './files.js';

/** How deep below the folder beside MY_REPO a repository may be. */
const deepestRepository = 4;

/** Folders read at once. */
const concurrency = 16;

/** A repository: a clone, a worktree or a submodule. */
export type Repository = {
	/** Absolute, by the way it was found. */
	readonly folder: string;
	/** Names of what is at its top, sorted. */
	readonly names: readonly string[];
};

/** A folder, with the one it really is. */
type Place = {readonly folder: string; readonly real: string};

/**
Finds the repositories beside a folder and in it. Links are followed, each folder once and none in circles. What is
below `do-not-build` beside the folder does not count, and neither do the tool repo's own `.repo` and a file system's `lost+found`.

@param repo MY_REPO, absolute.
@returns sorted by folder; none where the folder beside it is not there.
@throws BuildError STX0903 for a folder that cannot be read: what is in it would be taken from elsewhere.
*/
export async function findRepositories(repo: string): Promise<readonly Repository[]> {
	const top = path.dirname(repo);
	const repositories: Repository[] = [];
	const seen = new Set<string>();
	let folders = await resolve([{folder: top, real: undefined}]);
	for (let level = 0; level <= deepestRepository && folders.length > 0; level += 1) {
		const fresh = new Map(folders.filter(({real}) => !seen.has(real)).toReversed().map(place => [place.real, place]));
		for (const real of fresh.keys()) {
			seen.add(real);
		}

		const below = await pMap(fresh.values(), async ({folder, real}) => {
			const entries = await readFolder(folder);
			// A worktree and a submodule have a file of that name.
			if (entries.some(({name}) => name === '.git')) {
				repositories.push({folder, names: entries.map(({name}) => name).toSorted()});
			}

			return entries
				.filter(entry => (entry.isDirectory() || entry.isSymbolicLink()) && !['.git', '.repo', 'lost+found'].includes(entry.name) && !(folder === top && entry.name === 'do-not-build'))
				.map(entry => ({folder: path.join(folder, entry.name), real: entry.isSymbolicLink() ? undefined : path.join(real, entry.name)}));
		}, {concurrency});
		folders = level === deepestRepository ? [] : await resolve(below.flat());
	}

	return repositories.toSorted((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** Where links lead; those that lead nowhere are left out. Sorted: of two ways to a folder the first counts. */
async function resolve(folders: ReadonlyArray<{readonly folder: string; readonly real: string | undefined}>): Promise<readonly Place[]> {
	const sorted = folders.toSorted((a, b) => (a.folder < b.folder ? -1 : 1));
	const resolved = await pMap(sorted, async ({folder, real}) => ({folder, real: real ?? await findTarget(folder)}), {concurrency});
	return resolved.filter((place): place is Place => place.real !== undefined);
}

/** Where a link leads; undefined where that is not there. */
async function findTarget(folder: string): Promise<string | undefined> {
	try {
		return await realpath(folder);
	} catch (error) {
		if (isAbsent(error)) {
			return undefined;
		}

		throw readingError(error, folder);
	}
}
