/** StarlingX's `<os>[_<codename>]_<stream>_wheels.inc`: names of Debian packages that have wheels in them. */
import {BuildError, throwProblems} from '../../errors.js';
import type {ListAt} from './inputs.js';

/** A package that a file names. */
export type NamedDeb = {readonly name: string; readonly at: ListAt};

/**
Words between blanks, `#` comments, as StarlingX's tools read it.

@param file name for messages.
@throws BuildError STX0406 for each word that is not the name of a Debian package.
*/
export function parseWheelsInc(text: string, file: string): readonly NamedDeb[] {
	const problems: BuildError[] = [];
	const named = text.split(/\r?\n/v).flatMap((raw, index) => raw.replace(/#.*$/v, '').split(/\s+/v).filter(word => word !== '').map(name => ({name, at: {file, line: index + 1}})));
	for (const {name, at} of named) {
		if (!/^[a-z\d][a-z\d+.\-]+$/v.test(name)) {
			problems.push(new BuildError('STX0406', `\`${name}\` is not the name of a Debian package`, {at, hint: 'write one name a line'}));
		}
	}

	throwProblems(problems);
	return named;
}

/** The names that such a file may have for an OS and stream. */
export const wheelsIncNames = ({os, codename, stream}: {readonly os: string; readonly codename: string; readonly stream: string}): readonly string[] => [`${os}_${stream}_wheels.inc`, `${os}_${codename}_${stream}_wheels.inc`];
