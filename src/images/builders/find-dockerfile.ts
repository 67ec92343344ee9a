import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {BuildError, type SourceLocation} from '../../errors.js';

/**
The Dockerfile of a repository: that at its top, else the only one.

@param paths of all files, relative to the top.
@param url of the repository, for messages.
@throws BuildError STX0610 when there is none, or one cannot tell which is meant.
*/
export function chooseDockerfile(paths: readonly string[], url: string, at: SourceLocation): string {
	const found = paths.filter(file => path.posix.basename(file) === 'Dockerfile').toSorted();
	if (found.includes('Dockerfile')) {
		return 'Dockerfile';
	}

	if (found.length !== 1) {
		throw new BuildError('STX0610', found.length === 0 ? `\`${url}\` has no Dockerfile` : `\`${url}\` has no Dockerfile at its top, and several below: ${found.map(file => `\`${file}\``).join(', ')}`, {
			at, hint: found.length === 0 ? 'correct DOCKER_REPO and DOCKER_REF' : 'add a patch to DOCKER_PATCHES that moves the one that is meant to the top',
		});
	}

	return found[0]!;
}

/** The paths of all files below a folder; links are not followed. */
export async function listFiles(folder: string): Promise<readonly string[]> {
	const entries = await readdir(folder, {withFileTypes: true, recursive: true});
	return entries.filter(entry => entry.isFile()).map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'));
}
