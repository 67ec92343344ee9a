import {BuildError, type SourceLocation} from '../errors.js';

/** The name of a distribution as PEP 503 compares it: lower case, runs of `-`, `_` and `.` folded to one `-`. */
export type NormalizedName = string & {readonly brand: 'NormalizedName'};

const namePattern = /^[a-z\d](?:[\w.-]*[a-z\d])?$/i;

/** Whether a text is the name of a distribution: ASCII letters, digits, `.`, `_` and `-`, with a letter or digit at both ends. */
export function isName(name: string): boolean {
	return namePattern.test(name);
}

/** Folds any text as PEP 503 folds names; names of extras (PEP 685) are folded so without being checked. */
export function foldName(name: string): string {
	return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

/**
The name under which a distribution is compared and looked up.

@param name as written: `oslo.config`, `PyYAML`, `glance_store`.
@param at where it is written, for the error.
@returns `oslo-config`, `pyyaml`, `glance-store`.
@throws BuildError STX0201 when it is not a name (core metadata, field Name).
*/
export function normalizeName(name: string, at?: SourceLocation): NormalizedName {
	if (!isName(name)) {
		throw new BuildError('STX0201', `\`${name}\` is not the name of a distribution`, {
			hint: 'use ASCII letters, digits, `.`, `_` and `-`, with a letter or digit first and last',
			...(at && {at}),
		});
	}

	return foldName(name) as NormalizedName;
}
