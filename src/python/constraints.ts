import {
	BuildError, collect, throwProblems, type SourceLocation,
} from '../errors.js';
import {maskSecrets} from '../mask-secrets.js';
import {parseMarker, type Marker} from './marker.js';
import {isName, normalizeName, type NormalizedName} from './name.js';
import {parseRequirement} from './requirement.js';
import {splitRequirementLines} from './requirement-lines.js';
import {parseSpecifiers, type SpecifierOperator} from './specifier.js';

/** One constraint of a constraint file. */
export type ConstraintEntry = {
	/** From 1. */
	readonly line: number;
	readonly name: string;
	readonly normalized: NormalizedName;
	readonly extras: readonly string[];
	/** `===1.2.3`, `<81`; empty for a URL. */
	readonly specifier: string;
	/** Of a constraint with one specifier, as upper constraints have it. */
	readonly operator?: SpecifierOperator;
	/** What stands after the operator, as written; after `===` it may be any text. */
	readonly version?: string;
	/** With its fragment: `git+https://host/project@ref#egg=name`. It may hold credentials. */
	readonly url?: string;
	/** Given with `-e`. */
	readonly editable: boolean;
	readonly marker?: Marker;
	/** The marker as written. */
	readonly markerText?: string;
	/** A `:` stands before the marker, as before PEP 508. */
	readonly legacyMarker?: true;
};

export type ConstraintLine = {
	readonly text: string;
	readonly comment: string;
	/** Undefined for an empty line or a comment. */
	readonly entry?: ConstraintEntry;
};

export type ConstraintFile = {
	readonly file: string;
	/** Every line in its place, for writing the file again. */
	readonly lines: readonly ConstraintLine[];
	readonly entries: readonly ConstraintEntry[];
	readonly byName: ReadonlyMap<NormalizedName, readonly ConstraintEntry[]>;
};

type EntryOfBody = Omit<ConstraintEntry, 'line'>;

const splitExtras = (text: string) => text.split(',').map(extra => extra.trim()).filter(extra => extra !== '');

/** `URL#egg=NAME`, with what may follow: other parts of the fragment, and a marker after a blank and a `;`. */
function parseUrlConstraint(text: string, editable: boolean, at: SourceLocation): EntryOfBody {
	const [, url = '', markerText] = /^(\S+)(?:[ \t]+;(.*))?$/.exec(text) ?? [];
	if (url === '') {
		throw new BuildError('STX0208', `\`${maskSecrets(text)}\` is not a constraint: white space in a URL`, {at});
	}

	const fragment = url.includes('#') ? url.slice(url.indexOf('#') + 1) : '';
	const egg = fragment.split('&').find(part => part.startsWith('egg='))?.slice('egg='.length) ?? '';
	const [, name = '', extras = ''] = /^([^[\]]+)(?:\[([^[\]]*)])?$/.exec(egg) ?? [];
	if (name === '') {
		throw new BuildError('STX0208', `\`${maskSecrets(url)}\` does not say which distribution it is`, {at, hint: 'end the URL in `#egg=NAME`'});
	}

	return {
		name,
		normalized: normalizeName(name, at),
		extras: splitExtras(extras),
		specifier: '',
		url,
		editable,
		...(markerText !== undefined && {marker: parseMarker(markerText, at), markerText: markerText.trim()}),
	};
}

const pinPattern = /^([^\s[\];:=]+)[ \t]*(?:\[([^[\]]*)])?[ \t]*===[ \t]*([^\s;:,)]+)[ \t]*(?:([;:])(.*))?$/;

/** `NAME[EXTRAS]===VERSION;MARKER`, or another requirement that constrains something. Before PEP 508 a `:` stood before the marker. */
function parsePin(text: string, at: SourceLocation): EntryOfBody {
	const [, name = '', extrasText = '', version = '', separator, markerText] = pinPattern.exec(text) ?? [];
	const extras = splitExtras(extrasText);
	// What is not the usual line, or looks like it and is wrong, is read as any requirement.
	if (!isName(name) || !extras.every(extra => isName(extra))) {
		return parseOther(text, at);
	}

	return {
		name,
		normalized: normalizeName(name),
		extras,
		specifier: `===${version}`,
		operator: '===',
		version,
		editable: false,
		...(markerText !== undefined && {marker: parseMarker(markerText, at), markerText: markerText.trim()}),
		...(separator === ':' && {legacyMarker: true}),
	};
}

function parseOther(text: string, at: SourceLocation): EntryOfBody {
	const {name, normalized, extras, specifier, url, marker} = parseRequirement(text, at);
	if (specifier === '' && url === undefined) {
		throw new BuildError('STX0208', `\`${text}\` does not constrain anything`, {at, hint: `write \`${name}===VERSION\``});
	}

	const specifiers = parseSpecifiers(specifier);
	if (specifiers.some(({version}) => version === '')) {
		throw new BuildError('STX0208', `\`${text}\` names no version after \`===\``, {at});
	}

	const [only, ...others] = specifiers;
	return {
		name,
		normalized,
		extras,
		specifier,
		editable: false,
		...(only && others.length === 0 && {operator: only.operator, version: only.version}),
		...(url !== undefined && {url}),
		...(marker && {marker, markerText: text.slice(text.indexOf(';', url === undefined ? 0 : text.indexOf(url) + url.length) + 1).trim()}),
	};
}

function parseBody(body: string, at: SourceLocation): EntryOfBody {
	const editable = /^(?:-e|--editable)(?:[ \t]+|=)(.*)$/.exec(body)?.[1];
	if (editable !== undefined || /^[a-z][a-z\d.+-]*:\/\//i.test(body)) {
		return parseUrlConstraint(editable ?? body, editable !== undefined, at);
	}

	if (body.startsWith('-')) {
		throw new BuildError('STX0208', `the option \`${body.split(/[\s=]/, 1)[0]!}\` cannot stand in a constraint file`, {at, hint: 'take the line out; indexes are settings of stx-build'});
	}

	return parsePin(body, at);
}

/**
Reads a constraint file: OpenStack's upper-constraints.txt, and what LOCI and pip make of it.

A line is empty, a comment, `NAME[EXTRAS]===VERSION` with a marker after `;` (or `:`, in old files), another PEP 508
requirement, or `SCHEME://…#egg=NAME` with or without `-e` before it. A name may come again under another marker.

@param text the whole file.
@param file its path, for the errors.
@throws BuildError all problems at once, each with its line: STX0201 to STX0205, STX0208.
*/
export function parseConstraints(text: string, file: string): ConstraintFile {
	const problems: BuildError[] = [];
	const lines = splitRequirementLines(text).map(({line, text: whole, body, comment}): ConstraintLine => {
		const entry = body === '' ? undefined : collect(problems, () => parseBody(body, {file, line}));
		return {text: whole, comment, ...(entry && {entry: {line, ...entry}})};
	});
	throwProblems(problems);

	const entries = lines.flatMap(({entry}) => entry ?? []);
	const byName = new Map<NormalizedName, ConstraintEntry[]>();
	for (const entry of entries) {
		const others = byName.get(entry.normalized);
		if (others) {
			others.push(entry);
		} else {
			byName.set(entry.normalized, [entry]);
		}
	}

	return {
		file, lines, entries, byName,
	};
}
