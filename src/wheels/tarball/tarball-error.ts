/** Errors about a file that is to be a wheels tarball. Pure. */
import path from 'node:path';
import {BuildError} from '../../errors.js';

/** @returns BuildError STX0903 */
export const absentTarball = (file: string): BuildError => new BuildError('STX0903', 'there is no wheels tarball', {at: {file}, hint: 'make it with `stx-build wheels`, or name another one with --wheels'});

/**
@param what is wrong with it: what follows its name.
@returns BuildError STX0420
*/
export const wrongTarball = (file: string, what: string, {hint = 'name a tarball that `stx-build wheels` or StarlingX\'s build-wheel-tarball.sh made', cause}: {readonly hint?: string; readonly cause?: unknown} = {}): BuildError =>
	new BuildError('STX0420', `\`${path.basename(file)}\` ${what}`, {at: {file}, hint, cause});

/** @param program that unpacks it. */
export const compressedTarball = (file: string, what: string, program: string): BuildError => wrongTarball(file, `is compressed${what}`, {hint: `unpack it first: \`${program} --keep ${file}\``});

/** What reading an archive gives. @throws BuildError STX0420 where it is no archive, or only a part of one. */
export async function asTarball<T>(file: string, reading: Promise<T>): Promise<T> {
	try {
		return await reading;
	} catch (error) {
		throw error instanceof BuildError && error.code === 'STX0910' ? wrongTarball(file, 'cannot be read as an archive', {cause: error}) : error;
	}
}
