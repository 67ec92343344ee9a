/** Where the files of an OS's wheels are looked up. */
import path from 'node:path';
import {BuildError} from '../../errors.js';
import {exists, readFolder} from '../../system/index.js';
import {findConfig, type ConfigFolders} from '../../workspace/index.js';

/** Below MY_REPO, where StarlingX keeps its wheel lists and openstack.cfg. */
const starlingxFolder = 'build-tools/build-wheels';

export type WheelFolders = {
	readonly folders: ConfigFolders;
	/** MY_REPO, where it is set. */
	readonly repo: string | undefined;
	/** `debian-trixie`. */
	readonly os: string;
};

/**
A file that StarlingX's own checkout has too: the user's, else the one in MY_REPO, else the package's.

@param name below `wheels/<os>-<codename>/`.
@returns undefined when nobody has one.
*/
export async function findWheelFile({folders: {roots}, repo, os}: WheelFolders, name: string): Promise<string | undefined> {
	const relative = path.join('wheels', os, name);
	const own = await findConfig({roots: roots.slice(0, -1)}, relative);
	if (own !== undefined) {
		return own;
	}

	const starlingx = repo === undefined ? undefined : path.join(repo, starlingxFolder, os, name);
	return starlingx !== undefined && await exists(starlingx) ? starlingx : findConfig({roots: roots.slice(-1)}, relative);
}

/** Whether builds for an OS look for their files in this folder. */
export const isWheelFolder = (folder: string, {folders: {roots}, repo, os}: WheelFolders): boolean =>
	[...roots.map(root => path.join(root, 'wheels', os)), ...(repo === undefined ? [] : [path.join(repo, starlingxFolder, os)])].some(place => path.resolve(place) === path.resolve(folder));

/**
The error for a file that must be there, with those of other systems and streams.

@param relative to the roots: `wheels/<os>-<codename>/<name>`.
*/
export async function absentFile({folders: {roots}, repo}: Omit<WheelFolders, 'os'>, relative: string): Promise<BuildError> {
	const others = await findOthers([...roots.map(root => path.join(root, 'wheels')), ...(repo === undefined ? [] : [path.join(repo, starlingxFolder)])], path.basename(relative));
	return new BuildError('STX0903', `there is no \`${relative}\``, {
		at: {file: path.join(roots[0] ?? '.', relative)},
		hint: others.length === 0 ? 'make one' : `make one, or choose what there is with --os, --os-codename and --stream: ${others.map(name => `\`${name}\``).join(', ')}`,
	});
}

/** Of wheel lists; those for Python 2, of which nothing is made, have another ending. */
const listEnding = '-wheels.cfg';

/** Files of the same kind in folders of operating systems: `debian-trixie/stable-wheels.cfg`; each once, sorted. */
async function findOthers(tops: readonly string[], name: string): Promise<readonly string[]> {
	const isAlike = (other: string): boolean => other === name || (name.endsWith(listEnding) && other.endsWith(listEnding));
	const found = await Promise.all(tops.map(async top => {
		const systems = (await readFolder(top)).filter(entry => entry.isDirectory());
		const files = await Promise.all(systems.map(async system => (await readFolder(path.join(top, system.name))).filter(entry => isAlike(entry.name)).map(entry => `${system.name}/${entry.name}`)));
		return files.flat();
	}));
	return [...new Set(found.flat())].toSorted();
}
