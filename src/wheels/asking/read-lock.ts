/** Locks as somebody asks for them: by file, or by a revision of git. */
import path from 'node:path';
import {BuildError} from '../../errors.js';
import {
	exists, readText, runChecked, type Runner,
} from '../../system/index.js';
import type {Lock} from '../lock/lock.js';
import {parseLock} from '../lock/parse-lock.js';

/** @throws BuildError STX0903 when there is none, STX0408 when it is none. */
export async function readLock(file: string): Promise<Lock> {
	if (!await exists(file)) {
		throw new BuildError('STX0903', 'there is no lock yet', {at: {file}, hint: '`stx-build wheels` makes one; or name another place with --workspace'});
	}

	return parseLock(await readText(file), file);
}

/**
@param name a file, or a revision of the git repository that `lockFile` is in, as git writes it: `HEAD~1`, `v1.2`,
`main:path/of/a.lock`.
@param folder from which a file is meant.
@throws BuildError STX0903 when it is neither, STX0408 when it is no lock.
*/
export async function readNamedLock(name: string, {folder, lockFile, run}: {readonly folder: string; readonly lockFile: string; readonly run: Runner}): Promise<Lock> {
	const file = path.resolve(folder, name);
	if (await exists(file)) {
		return readLock(file);
	}

	const object = name.includes(':') ? name : `${name}:./${path.basename(lockFile)}`;
	try {
		const {stdout} = await runChecked(run, {argv: ['git', 'show', '--end-of-options', object], cwd: path.dirname(lockFile)});
		return parseLock(stdout, object);
	} catch (error) {
		if (error instanceof BuildError && error.code === 'STX0408') {
			throw error;
		}

		throw new BuildError('STX0903', `there is no file \`${name}\`, and no revision of that name that has \`${path.basename(lockFile)}\``, {at: {file: lockFile}, hint: 'name a lock file, or a revision of the repository that the lock is kept in', cause: error});
	}
}
