/** StarlingX's discovery: the .debs with wheels that its repositories name, in the output of the local build. */
import path from 'node:path';
import pMap from 'p-map';
import {findRepositories, readFolder, readText} from '../../system/index.js';
import {parseWheelsInc, wheelsIncNames, type NamedDeb} from './parse-wheels-inc.js';

/** Folders read at once. */
const concurrency = 16;

export type DebPlaces = {
	/** MY_REPO: repositories are looked for beside it and in it. */
	readonly repo: string;
	/** Below it, in `std`, is what the build of packages gave. */
	readonly workspace: string;
	readonly os: string;
	readonly codename: string;
	readonly stream: string;
};

/** A package that is named, with the files that may be it. */
export type FoundDeb = NamedDeb & {readonly files: readonly string[]};

/**
Finds what StarlingX's get-stx-wheels.sh finds: the lists at the top of each repository, and of each package that they
name the files `<name>_<version>_<architecture>.deb`.

@throws BuildError STX0406 for what is wrong in a list, STX0903 for a folder that cannot be read.
*/
export async function findDebs(places: DebPlaces): Promise<readonly FoundDeb[]> {
	const {repo, workspace} = places;
	const names = wheelsIncNames(places);
	const repositories = await findRepositories(repo);
	const lists = repositories.flatMap(({folder, names: there}) => there.filter(name => names.includes(name)).map(name => path.join(folder, name)));
	const named = new Map<string, NamedDeb>();
	for (const file of lists) {
		for (const item of parseWheelsInc(await readText(file), file)) {
			named.set(item.name, named.get(item.name) ?? item);
		}
	}

	const files = named.size === 0 ? [] : await listFolder(path.join(workspace, 'std'));
	return [...named.values()].map(item => ({...item, files: files.filter(file => path.basename(file).startsWith(`${item.name}_`))}));
}

/** All .debs of a folder and those below it. What stx-build itself makes there has none. */
async function listFolder(top: string): Promise<readonly string[]> {
	const debs: string[] = [];
	let folders = [top];
	while (folders.length > 0) {
		const found = await pMap(folders, async folder => {
			const entries = await readFolder(folder);
			debs.push(...entries.filter(entry => entry.isFile() && entry.name.endsWith('.deb')).map(({name}) => path.join(folder, name)));
			return entries.filter(entry => entry.isDirectory() && !(folder === top && /^build-(?:wheels-|images$)/v.test(entry.name))).map(({name}) => path.join(folder, name));
		}, {concurrency});
		folders = found.flat();
	}

	return debs.toSorted();
}
