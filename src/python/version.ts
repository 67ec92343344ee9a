/**
Versions (PEP 440). The grammar is that of `@renovatebot/pep440`. The order is kept here, because the library reads parts
of local versions as JavaScript numbers (`+1e5` equals `+100000` to it) and rounds numbers of more than 15 digits.
*/
import {VERSION_PATTERN} from '@renovatebot/pep440/lib/version.js';
import {BuildError, type SourceLocation} from '../errors.js';

/** A number of any size: a bigint only where a number would be rounded, so that equal values are always `===`. */
export type VersionNumber = number | bigint;

export type Version = {
	/** As written; `===` compares this. */
	readonly text: string;
	readonly epoch: VersionNumber;
	readonly release: readonly VersionNumber[];
	readonly pre: readonly ['a' | 'b' | 'rc', VersionNumber] | undefined;
	readonly post: VersionNumber | undefined;
	readonly dev: VersionNumber | undefined;
	readonly local: ReadonlyArray<VersionNumber | string> | undefined;
};

const versionPattern = new RegExp(`^${VERSION_PATTERN}$`, 'i');

const preLetters: Readonly<Record<string, 'a' | 'b' | 'rc'>> = {
	a: 'a', alpha: 'a', b: 'b', beta: 'b', c: 'rc', rc: 'rc', pre: 'rc', preview: 'rc',
};

export function versionNumber(digits: string): VersionNumber {
	const number = Number(digits);
	return Number.isSafeInteger(number) ? number : BigInt(digits);
}

/** The version a text stands for, or undefined when it is none: for the many files of an index that nobody wants. */
export function tryParseVersion(text: string): Version | undefined {
	const groups = versionPattern.exec(text.trim())?.groups;
	if (!groups) {
		return undefined;
	}

	const counted = (letter: string | undefined, digits: string | undefined) => letter === undefined && digits === undefined ? undefined : versionNumber(digits ?? '0');
	return {
		text,
		epoch: versionNumber(groups.epoch ?? '0'),
		release: groups.release!.split('.').map(part => versionNumber(part)),
		pre: groups.pre_l === undefined ? undefined : [preLetters[groups.pre_l.toLowerCase()]!, versionNumber(groups.pre_n ?? '0')],
		post: counted(groups.post_l, groups.post_n1 ?? groups.post_n2),
		dev: counted(groups.dev_l, groups.dev_n),
		local: groups.local?.toLowerCase().split(/[._-]/).map(part => /^\d+$/.test(part) ? versionNumber(part) : part),
	};
}

/**
Reads a version.

@param text any spelling PEP 440 allows: `1.0`, `v1.0-RC1`, `1!2.0.post1+local.2`; white space around it is ignored.
@throws BuildError STX0202
*/
export function parseVersion(text: string, at?: SourceLocation): Version {
	const version = tryParseVersion(text);
	if (!version) {
		throw new BuildError('STX0202', `\`${text}\` is not a version as PEP 440 defines it`, at && {at});
	}

	return version;
}

const asVersion = (version: Version | string) => typeof version === 'string' ? parseVersion(version) : version;

/** The same text for versions that are equal by PEP 440: `1.0`, `v1` and `1.0.0` give `1`. @throws BuildError STX0202 */
export function versionKey(version: Version | string): string {
	const {epoch, release, ...rest} = asVersion(version);
	const last = release.findLastIndex(part => Number(part) !== 0);
	return canonicalVersion({epoch, release: release.slice(0, Math.max(1, last + 1)), ...rest});
}

/** The normal spelling, with all its zeros: `v1.0-RC1` gives `1.0rc1`. @throws BuildError STX0202 */
export function canonicalVersion(version: Version | string): string {
	const {epoch, release, pre, post, dev, local} = asVersion(version);
	return [
		epoch === 0 ? '' : `${epoch}!`,
		release.join('.'),
		pre?.join('') ?? '',
		post === undefined ? '' : `.post${post}`,
		dev === undefined ? '' : `.dev${dev}`,
		local ? `+${local.join('.')}` : '',
	].join('');
}

/** Whether it is an alpha, beta, release candidate or development release. @throws BuildError STX0202 */
export function isPrerelease(version: Version | string): boolean {
	const {pre, dev} = asVersion(version);
	return pre !== undefined || dev !== undefined;
}

const compareNumbers = (a: VersionNumber, b: VersionNumber) => a === b ? 0 : (a < b ? -1 : 1);

function compareReleases(a: readonly VersionNumber[], b: readonly VersionNumber[]): number {
	for (let index = 0; index < Math.max(a.length, b.length); index++) {
		const order = compareNumbers(a[index] ?? 0, b[index] ?? 0);
		if (order !== 0) {
			return order;
		}
	}

	return 0;
}

/** Where the pre-release part puts a version: development releases of the final come first, the final last. */
function preOrder({pre, post, dev}: Version): [VersionNumber, VersionNumber] {
	if (pre) {
		return [{a: 1, b: 2, rc: 3}[pre[0]], pre[1]];
	}

	return post === undefined && dev !== undefined ? [0, 0] : [4, 0];
}

function compareLocals(a: Version['local'], b: Version['local']): number {
	if (!a || !b) {
		return (a ? 1 : 0) - (b ? 1 : 0);
	}

	for (const [index, part] of a.entries()) {
		const other = b[index];
		if (other === undefined) {
			return 1;
		}

		if (part !== other) {
			// Words come before numbers.
			const kind = (typeof part === 'string' ? 0 : 1) - (typeof other === 'string' ? 0 : 1);
			return kind === 0 ? (part < other ? -1 : 1) : kind;
		}
	}

	return a.length - b.length;
}

/**
The order of PEP 440, a total one: negative when `a` is older, 0 when they are equal (`1.0` and `1.0.0`).

@throws BuildError STX0202 when a text is no version.
*/
export function compareVersions(a: Version | string, b: Version | string): number {
	const left = asVersion(a);
	const right = asVersion(b);
	const [leftKind, leftNumber] = preOrder(left);
	const [rightKind, rightNumber] = preOrder(right);
	return compareNumbers(left.epoch, right.epoch)
		|| compareReleases(left.release, right.release)
		|| compareNumbers(leftKind, rightKind)
		|| compareNumbers(leftNumber, rightNumber)
		|| compareNumbers(left.post ?? -1, right.post ?? -1)
		|| compareNumbers(left.dev ?? Infinity, right.dev ?? Infinity)
		|| compareLocals(left.local, right.local);
}
