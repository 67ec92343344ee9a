/** Where the files of an OS's wheels are looked up. */
import path from 'node:path';
import {BuildError} from '../../errors.js';
import {exists} from '../../system/index.js';
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

/** The error for a file that must be there. */
export function absentFile({roots}: ConfigFolders, relative: string): BuildError {
	return new BuildError('STX0903', `there is no \`${relative}\``, {at: {file: path.join(roots[0] ?? '.', relative)}, hint: 'make one, or choose another OS or stream: there are files for `debian-trixie` and stream `stable`'});
}
