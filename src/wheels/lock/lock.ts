/** The lock: every distribution with the very file it comes from, who needs it, and what builds need. Data and questions to it; pure. */
import type {ErrorCode} from '../../errors.js';
import type {Key} from '../../plan/index.js';
import {parseRequirement, type NormalizedName} from '../../python/index.js';
import type {FetchedDocument, LeftOut, WheelListEntry} from '../inputs/inputs.js';

export type LockedFile = {
	readonly filename: string;
	readonly url: string;
	/** 64 hex digits. */
	readonly sha256: string;
	/** Bytes, where the index says it. */
	readonly size?: number;
};

/** The index's wheel is taken. */
type LockedWheel = {readonly kind: 'wheel'; readonly file: LockedFile};

/** The wheel is built from this sdist; `basedir` is the project's folder in it where that is not its only folder. */
type LockedSdist = {readonly kind: 'sdist'; readonly file: LockedFile; readonly basedir?: string};

/** The wheel is built from a local module; `path` is for other readers of the lock. */
type LockedDirectory = {readonly kind: 'directory'; readonly path: string};

/** The wheel is built from a commit of a git repository; `ref` is the branch or tag that meant it when it was locked. */
export type LockedGit = {
	readonly kind: 'git';
	readonly url: string;
	/** The whole id. */
	readonly commit: string;
	readonly ref?: string;
	/** The project's folder; empty for the top. */
	readonly subfolder: string;
};

/** A finished wheel of this machine is taken; `path` says where it was found. */
export type LockedLocal = {
	readonly kind: 'local';
	readonly filename: string;
	readonly path: string;
	/** 64 hex digits. */
	readonly sha256: string;
	readonly size: number;
};

export type LockedSource = LockedWheel | LockedSdist | LockedDirectory | LockedGit | LockedLocal;

export type LockedPackage = {
	readonly name: NormalizedName;
	readonly version: string;
	readonly dependencies: readonly NormalizedName[];
	readonly source: LockedSource;
};

/** What is installed while one distribution is built. */
export type LockedBuild = {
	readonly name: NormalizedName;
	readonly version: string;
	/** What the project and build-settings.ini ask for, PEP 508. */
	readonly requires: readonly string[];
	readonly environment: ReadonlyArray<{readonly name: NormalizedName; readonly version: string}>;
};

/** A listed wheel that a lock does without. */
export type LockedOut = {
	readonly name: NormalizedName;
	readonly code: ErrorCode;
	/** What is wrong with it. */
	readonly message: string;
};

/** A source from git that images are made from: what was asked for, and the commit that was taken. */
export type LockedRef = {
	readonly url: string;
	/** A branch, a tag, or a commit id. */
	readonly ref: string;
	/** The whole id. */
	readonly commit: string;
	/** Of the project at that commit, where a project is built from it. */
	readonly version?: string;
};

export type Lock = {
	/** Digest of the inputs it was made from. */
	readonly inputs: Key;
	/** Digests of their parts, by name; none in the lock of an stx-build that did not write them. */
	readonly parts: Readonly<Record<string, Key>>;
	/** The index it was made from, without credentials. */
	readonly index: string;
	readonly python: string;
	readonly arch: string;
	/** Requirements by label, each list sorted. */
	readonly roots: Readonly<Record<string, readonly string[]>>;
	/** One for each distribution, by name. */
	readonly packages: readonly LockedPackage[];
	/** What only builds need, or need from another file; by name and version. */
	readonly buildPackages: readonly LockedPackage[];
	readonly builds: readonly LockedBuild[];
	/** Texts from an address that it was made from, by address. */
	readonly documents: readonly FetchedDocument[];
	/** Listed wheels that it does without, because that was asked for: they turned out to be unusable. */
	readonly leftOut: readonly LockedOut[];
	/** Listed wheels whose own requirements the others contradict: they are there, and what they need need not be. */
	readonly unclosed: readonly NormalizedName[];
	/** What images are made from besides wheels, by URL and ref. */
	readonly sources: readonly LockedRef[];
};

/** Whether a lock has all of these sources as they are. */
export const hasSources = ({sources}: Pick<Lock, 'sources'>, wanted: readonly LockedRef[]): boolean =>
	wanted.every(({url, ref, commit, version}) => sources.some(known => known.url === url && known.ref === ref && known.commit === commit && (version === undefined || known.version === version)));

/** Two lists of sources as one, sorted: what the later one says of a ref counts, but for a version that only the earlier one has. */
export function joinSources(earlier: readonly LockedRef[], later: readonly LockedRef[]): readonly LockedRef[] {
	const joined = new Map<string, LockedRef>();
	for (const source of [...earlier, ...later]) {
		const name = `${source.url} ${source.ref}`;
		const known = joined.get(name);
		joined.set(name, known?.commit === source.commit ? {...known, ...source} : source);
	}

	return [...joined].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, source]) => source);
}

/**
The distributions that an image needs: its roots, and what they need, by name.

@param label of an image, or `wheel-list`, or `modules`; one that the lock has.
*/
export function wheelsOfImage(lock: Lock, label: string): readonly LockedPackage[] {
	const packages = new Map(lock.packages.map(item => [item.name, item]));
	const found = new Map<NormalizedName, LockedPackage>();
	const waiting = (lock.roots[label] ?? []).map(text => parseRequirement(text).normalized);
	for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
		const item = packages.get(name);
		// A root whose marker does not hold for the target is not in the lock.
		if (item && !found.has(name)) {
			found.set(name, item);
			waiting.push(...item.dependencies);
		}
	}

	return byName([...found.values()]);
}

/** The lines of the wheel list that a lock does without, and why. */
export function leftOutOf({leftOut}: Pick<Lock, 'leftOut'>, wheelList: readonly WheelListEntry[]): readonly LeftOut[] {
	return leftOut.flatMap(({name, code, message}) => wheelList.filter(entry => entry.name === name).map(({wheel, at}) => ({
		wheel, at, code, message,
	})));
}

/** The file or folder from which a distribution of a build environment comes. */
export function buildPackage(lock: Lock, name: NormalizedName, version: string): LockedPackage | undefined {
	return [...lock.buildPackages, ...lock.packages].find(item => item.name === name && item.version === version);
}

export function byName<T extends {readonly name: string; readonly version: string}>(items: readonly T[]): readonly T[] {
	return [...items].toSorted((a, b) => (a.name === b.name ? compareTexts(a.version, b.version) : compareTexts(a.name, b.name)));
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : (a > b ? 1 : 0));
