/** The lock: every distribution with the very file it comes from, who needs it, and what builds need. Data and questions to it; pure. */
import type {ErrorCode} from '../../errors.js';
import {keyOf, type Json, type Key} from '../../plan/index.js';
import {parseRequirement, type NormalizedName} from '../../python/index.js';
import type {
	FetchedDocument, NameChoice, LeftOut, WheelInputs, WheelListEntry, WheelRoots,
} from '../inputs/inputs.js';

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

export type Lock = {
	/** Digest of the inputs it was made from. */
	readonly inputs: Key;
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
};

/** Changes when the lock of equal inputs would be made differently. */
const lockRecipe = 1;

/**
The digest of all that decides what a lock holds, but for the roots, which it holds itself.

@param index address of the index, without credentials.
*/
export function lockInputs(inputs: WheelInputs, {fromSource, fromIndex, index}: {readonly fromSource: NameChoice; readonly fromIndex: NameChoice; readonly index: string}): Key {
	const {target} = inputs;
	return keyOf({
		recipe: lockRecipe,
		index,
		fromSource: sorted(fromSource),
		fromIndex: sorted(fromIndex),
		target: {python: target.python, arch: target.arch, glibc: target.glibc},
		constraints: inputs.constraints.entries.map(({line: _, ...entry}) => entry) as unknown as Json,
		wheelList: inputs.wheelList.map(({at: _, ...entry}) => entry),
		modules: inputs.modules.map(({name, version, requires, buildRequires}) => ({
			name, version, requires, buildRequires,
		})),
		gitModules: inputs.gitModules.map(({at: _, ...module}) => module),
		localWheels: inputs.localWheels.map(({filename, digest}) => ({filename, digest})),
		onlyLocal: [...inputs.onlyLocal].toSorted(),
		toolchain: inputs.toolchain.map(({name, version, sha256}) => ({name, version, sha256})),
		buildSettings: [...inputs.buildSettings.values()].map(({name, buildRequires, requires, unconstrained, from}) => ({
			name, buildRequires, requires, unconstrained, from,
		})),
	});
}

const sorted = (choice: NameChoice): NameChoice => (choice === 'all' ? 'all' : choice.toSorted());

/** The requirements of roots as a lock holds them. */
export const sortedRequirements = (roots: WheelRoots): readonly string[] => [...new Set(roots.requirements.map(text => text.trim()))].toSorted();

/** Whether a lock was made from these inputs, and has all of these roots as they are now. */
export function isFresh(lock: Lock, inputs: Key, roots: readonly WheelRoots[]): boolean {
	return lock.inputs === inputs && roots.every(root => {
		const locked = Object.hasOwn(lock.roots, root.label) ? lock.roots[root.label] : undefined;
		return locked !== undefined && JSON.stringify(locked) === JSON.stringify(sortedRequirements(root));
	});
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
