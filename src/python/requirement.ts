import {type SourceLocation} from '../errors.js';
import {scanMarker, type Marker} from './marker.js';
import {normalizeName, type NormalizedName} from './name.js';
import {Scanner} from './scanner.js';
import {formatSpecifiers, parseSpecifiers, specifierPattern} from './specifier.js';

export type Requirement = {
	/** As written, without white space around it. */
	readonly text: string;
	readonly name: string;
	readonly normalized: NormalizedName;
	/** As written, each once. */
	readonly extras: readonly string[];
	/** `<2,>=1.0`: sorted, without white space; empty when every version will do. */
	readonly specifier: string;
	/** Of `name @ url`. */
	readonly url?: string;
	readonly marker?: Marker;
};

const identifier = /[a-z\d](?:[\w.-]*[a-z\d])?/iy;
const specifier = new RegExp(specifierPattern, 'iy');

function scanExtras(scanner: Scanner): string[] {
	if (scanner.take(/\[[ \t]*/y) === undefined) {
		return [];
	}

	const extras: string[] = [];
	let extra = scanner.take(identifier);
	while (extra !== undefined) {
		extras.push(extra);
		scanner.skipBlanks();
		extra = scanner.take(/,[ \t]*/y) === undefined ? undefined : scanner.expect(identifier, 'the name of an extra');
	}

	scanner.expect(/]/y, extras.length === 0 ? 'the name of an extra or `]`' : '`,` or `]`');
	return [...new Set(extras)];
}

/** Reads specifiers, in parentheses or not, and gives their text. */
function scanSpecifiers(scanner: Scanner): string {
	const parenthesis = scanner.take(/\([ \t]*/y);
	const parts: string[] = [];
	let part = scanner.take(specifier);
	while (part !== undefined) {
		parts.push(part);
		scanner.skipBlanks();
		part = scanner.take(/,[ \t]*/y) === undefined ? undefined : scanner.take(specifier);
	}

	if (parenthesis !== undefined) {
		scanner.expect(/[ \t]*\)/y, parts.length === 0 ? 'a version specifier or `)`' : '`,` or `)`');
	}

	return parts.join(',');
}

/**
Reads a requirement (PEP 508), with all its forms: `name[extra1,extra2] (>=1.0,<2); marker`, `name @ URL ; marker`.

@param at where it is written, for the error.
@throws BuildError STX0204
*/
export function parseRequirement(text: string, at?: SourceLocation): Requirement {
	const trimmed = text.trim();
	const scanner = new Scanner(trimmed, {
		code: 'STX0204', what: 'a requirement', at, hint: 'the form is `NAME`, `NAME>=1.0,<2` or `NAME[EXTRA]==1.0; python_version < "3.13"`',
	});
	const name = scanner.expect(identifier, 'the name of a distribution');
	scanner.skipBlanks();
	const extras = scanExtras(scanner);
	scanner.skipBlanks();

	let url: string | undefined;
	let specifiers = '';
	if (scanner.take(/@[ \t]*/y) === undefined) {
		specifiers = scanSpecifiers(scanner);
	} else {
		url = scanner.expect(/[^ \t]+/y, 'a URL');
	}

	scanner.skipBlanks();
	// A URL has taken a `;` that follows it at once, so where there is one now there is a blank before it.
	const marker = scanner.take(/;/y) === undefined ? undefined : scanMarker(scanner);
	if (marker) {
		scanner.expectEnd('`and` or `or`');
	} else if (url === undefined) {
		scanner.expectEnd(specifiers === '' ? 'a version specifier or `;`' : '`,` or `;`');
	} else {
		scanner.expectEnd('`;`');
	}

	return {
		text: trimmed,
		name,
		normalized: normalizeName(name, at),
		extras,
		specifier: formatSpecifiers(parseSpecifiers(specifiers, at)),
		...(url !== undefined && {url}),
		...(marker && {marker}),
	};
}
