/**
Version specifiers (PEP 440), evaluated as Python's `packaging` does, which pip uses: each operator is a comparison on
the parsed version, but for `===`, which compares text, and the prefixes of `==1.2.*` and `~=`, which `packaging` cuts
from the text of the specifier.
*/
import {BuildError, type SourceLocation} from '../errors.js';
import {
	canonicalVersion, compareVersions, isPrerelease, tryParseVersion, type Version,
} from './version.js';

export type SpecifierOperator = '===' | '==' | '!=' | '~=' | '<=' | '>=' | '<' | '>';

export type Specifier = {
	readonly operator: SpecifierOperator;
	/** As written, without white space around it; ends in `.*` for a prefix. */
	readonly version: string;
	/** The version; of the part before `.*` for a prefix. Undefined only after `===`, where any text may stand. */
	readonly parsed: Version | undefined;
};

const suffix = '(?:[-_.]?(?:alpha|beta|preview|pre|a|b|c|rc)[-_.]?[0-9]*)?(?:-[0-9]+|[-_.]?(?:post|rev|r)[-_.]?[0-9]*)?(?:[-_.]?dev[-_.]?[0-9]*)?';
const local = String.raw`(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?`;

/** One specifier, not anchored; to be used with the flag `i`. */
export const specifierPattern = [
	String.raw`===\s*[^\s;)]*`,
	String.raw`[=!]=\s*v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*(?:\.\*|${suffix}${local})`,
	String.raw`~=\s*v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)+${suffix}`,
	String.raw`(?:<=|>=|<|>)\s*v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*${suffix}`,
].map(branch => `(?:${branch})`).join('|');

const wholeSpecifier = new RegExp(`^(?:${specifierPattern})$`, 'i');

/** One specifier, or undefined when the text is none. */
export function tryParseSpecifier(text: string): Specifier | undefined {
	const trimmed = text.trim();
	if (!wholeSpecifier.test(trimmed)) {
		return undefined;
	}

	const operator = /^(?:===|[=!~<>]=|[<>])/.exec(trimmed)![0] as SpecifierOperator;
	const version = trimmed.slice(operator.length).trim();
	const parsed = tryParseVersion(operator !== '===' && version.endsWith('.*') ? version.slice(0, -2) : version);
	return {operator, version, parsed};
}

/**
Reads a list of specifiers.

@param text separated by commas: `>=1.0,!=1.3.*,<2`; empty ones are ignored, and an empty text allows every version.
@throws BuildError STX0203 for the first that is none.
*/
export function parseSpecifiers(text: string, at?: SourceLocation): readonly Specifier[] {
	return text.split(',').map(part => part.trim()).filter(part => part !== '').map(part => {
		const specifier = tryParseSpecifier(part);
		if (!specifier) {
			throw new BuildError('STX0203', `\`${part}\` is not a version specifier as PEP 440 defines it`, at && {at});
		}

		return specifier;
	});
}

/** The text of a list of specifiers as `packaging` writes it: sorted, each once, no white space. */
export function formatSpecifiers(specifiers: readonly Specifier[]): string {
	return [...new Set(specifiers.map(({operator, version}) => `${operator}${version}`))].toSorted().join(',');
}

/** The parts of a version's text, epoch first: `1.2rc1` gives `0 1 2 rc1`. */
function splitText(text: string): string[] {
	const bang = text.lastIndexOf('!');
	const parts = text.slice(bang + 1).split('.').flatMap(part => /^(\d+)((?:a|b|c|rc)\d+)$/.exec(part)?.slice(1) ?? [part]);
	return [bang > 0 ? text.slice(0, bang) : '0', ...parts];
}

const countNumeric = (parts: readonly string[]) => {
	const end = parts.findIndex(part => !/^\d+$/.test(part));
	return end === -1 ? parts.length : end;
};

/** Whether a version begins with a prefix; missing zeros are filled in, the local part is left out. */
function startsWith(version: Version, prefix: string): boolean {
	const parsedPrefix = tryParseVersion(prefix);
	const wanted = splitText(parsedPrefix ? canonicalVersion(parsedPrefix) : prefix);
	const parts = splitText(canonicalVersion({...version, local: undefined}));
	const numeric = countNumeric(parts);
	const missing = Math.max(0, countNumeric(wanted) - numeric);
	const padded = [...parts.slice(0, numeric), ...Array.from({length: missing}, () => '0'), ...parts.slice(numeric)];
	return wanted.every((part, index) => part === padded[index]);
}

/** What `~=` holds fixed: all but the last part of the release. An unusual spelling (`2.2.c1`) is cut as `packaging` cuts it. */
function compatiblePrefix(text: string): string {
	const parts = splitText(text);
	const end = parts.findIndex(part => /^(?:dev|a|b|rc|post)/.test(part));
	const [epoch, ...release] = (end === -1 ? parts : parts.slice(0, end)).slice(0, -1);
	return `${epoch}!${release.join('.')}`;
}

const withoutLocal = (version: Version): Version => version.local ? {...version, local: undefined} : version;

function isEqual(version: Version, bound: Version): boolean {
	return compareVersions(bound.local ? version : withoutLocal(version), bound) === 0;
}

/** `<V` leaves out the pre-releases of V, unless V is one itself. */
function isBelow(version: Version, bound: Version): boolean {
	return compareVersions(version, bound) < 0
		&& (isPrerelease(bound) || !isPrerelease(version) || compareVersions(version, {...bound, dev: 0, local: undefined}) < 0);
}

/** `>V` leaves out the post-releases of V, unless V is one itself, and its local versions. */
function isAbove(version: Version, bound: Version): boolean {
	return compareVersions(version, bound) > 0
		&& (bound.post !== undefined || version.post === undefined || compareVersions({
			...version, post: undefined, dev: undefined, local: undefined,
		}, bound) !== 0)
		&& (!version.local || compareVersions(withoutLocal(version), bound) !== 0);
}

function matches(version: Version, text: string, {operator, version: wanted, parsed}: Specifier): boolean {
	switch (operator) {
		case '===': {
			return text.toLowerCase() === wanted.toLowerCase();
		}

		case '==': {
			return wanted.endsWith('.*') ? startsWith(version, wanted.slice(0, -2)) : isEqual(version, parsed!);
		}

		case '!=': {
			return wanted.endsWith('.*') ? !startsWith(version, wanted.slice(0, -2)) : !isEqual(version, parsed!);
		}

		case '~=': {
			return compareVersions(withoutLocal(version), parsed!) >= 0 && startsWith(version, compatiblePrefix(wanted));
		}

		case '<=': {
			return compareVersions(withoutLocal(version), parsed!) <= 0;
		}

		case '>=': {
			return compareVersions(withoutLocal(version), parsed!) >= 0;
		}

		case '<': {
			return isBelow(version, parsed!);
		}

		case '>': {
			return isAbove(version, parsed!);
		}
	}
}

export type SpecifierOptions = {
	/** true: pre-releases count like others. false: they never do. Undefined: as PEP 440 says, when there is nothing else. */
	readonly prereleases?: boolean;
};

const asSpecifiers = (specifiers: string | readonly Specifier[]) => typeof specifiers === 'string' ? parseSpecifiers(specifiers) : specifiers;

/**
Whether a version is allowed by all the specifiers; the answer of `SpecifierSet.contains` of `packaging` 26.

A pre-release counts unless `prereleases` is false: asked about one version there is nothing else to prefer. To choose
among several use `filterVersions`.

@param version a text that is no version is allowed only by `===` with the same text.
@throws BuildError STX0203
*/
export function satisfies(version: Version | string, specifiers: string | readonly Specifier[], {prereleases}: SpecifierOptions = {}): boolean {
	const list = asSpecifiers(specifiers);
	const text = typeof version === 'string' ? version : version.text;
	const parsed = typeof version === 'string' ? tryParseVersion(version) : version;
	if (!parsed) {
		return list.every(({operator, version: wanted}) => operator === '===' && wanted.toLowerCase() === text.toLowerCase());
	}

	return !(prereleases === false && isPrerelease(parsed)) && list.every(specifier => matches(parsed, text, specifier));
}

/** Whether the specifiers name a pre-release, and so ask for them (`>=1.0rc1`; not `!=1.0rc1`, not `==1.0.*`). */
function namesPrerelease(specifiers: readonly Specifier[]): boolean {
	return specifiers.some(({operator, version, parsed}) => operator !== '!=' && parsed !== undefined && !version.endsWith('.*') && isPrerelease(parsed));
}

/**
The versions that the specifiers allow, in the order given; the answer of `SpecifierSet.filter` of `packaging` 26.
Without `prereleases`, pre-releases are among them only when the specifiers name one or when nothing else is left.

@throws BuildError STX0203
*/
export function filterVersions<T extends Version | string>(versions: readonly T[], specifiers: string | readonly Specifier[], {prereleases}: SpecifierOptions = {}): readonly T[] {
	const list = asSpecifiers(specifiers);
	const wanted = prereleases ?? (namesPrerelease(list) ? true : undefined);
	const allowed = versions.filter(version => satisfies(version, list, wanted === undefined ? {} : {prereleases: wanted}));
	if (wanted !== undefined) {
		return allowed;
	}

	const kind = (version: T) => {
		const parsed = typeof version === 'string' ? tryParseVersion(version) : version;
		return parsed && (isPrerelease(parsed) ? 'pre' : 'final');
	};

	return allowed.some(version => kind(version) === 'final') ? allowed.filter(version => kind(version) !== 'pre') : allowed;
}
