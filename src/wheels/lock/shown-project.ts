/** What uv is shown of a project of the index. Pure. */
import type {IndexFile, Packument} from '../../pypi/index.js';
import {
	canonicalVersion, compareWheels, parseSdistFilename, parseWheelFilename, satisfies, versionKey, wheelRank, type NormalizedName, type Target, type WheelFilename,
} from '../../python/index.js';
import {standInFilename} from './stand-in.js';

/** A version that can be taken. It is shown as a wheel for every platform: which of its files suit the target is decided here. */
export type ShownVersion = {
	/** As the file spells it, in its normal spelling. */
	readonly version: string;
	/** The name that it is shown by. */
	readonly filename: string;
	/** The wheel that pip would take in the target, or else an sdist. */
	readonly file: IndexFile;
	readonly isBuilt: boolean;
};

export type ShownProject = {
	readonly name: NormalizedName;
	/** By `versionKey`. */
	readonly versions: ReadonlyMap<string, ShownVersion>;
	/** The files of versions that cannot be taken, by which uv says why not. */
	readonly others: readonly IndexFile[];
};

/** What is shown of a project that the index does not have, or that it is not asked for. */
export const nothingShown = (name: NormalizedName): ShownProject => ({name, versions: new Map(), others: []});

/**
Chooses the file of each version as pip does: what is not withdrawn and for this Python before what is, then a wheel that
the target can install before an sdist, then the better wheel. Files that bear another name are nobody's.
*/
export function showProject(name: NormalizedName, {files}: Packument, target: Target): ShownProject {
	const versions = new Map<string, Candidate>();
	const others: IndexFile[] = [];
	for (const file of files) {
		const candidate = candidateOf(file, name, target);
		if (!candidate) {
			others.push(file);
			continue;
		}

		const key = versionKey(candidate.version);
		const known = versions.get(key);
		if (!known || compareCandidates(candidate, known, target) < 0) {
			versions.set(key, candidate);
		}
	}

	return {
		name,
		versions: new Map([...versions].map(([key, {version, file, wheel}]) => [key, {
			version, filename: standInFilename({name, version}), file, isBuilt: wheel === undefined,
		}])),
		others: others.filter(({filename}) => isOfVersionThatLacks(versions, filename)),
	};
}

type Candidate = {readonly version: string; readonly file: IndexFile; readonly wheel?: WheelFilename; readonly isRefused: boolean};

function candidateOf(file: IndexFile, name: NormalizedName, target: Target): Candidate | undefined {
	const wheel = wheelOf(file.filename);
	const version = wheel ? wheel.version : parseSdistFilename(file.filename, name)?.version;
	if (version === undefined || (wheel && (wheel.normalized !== name || wheelRank(wheel, target) === undefined))) {
		return undefined;
	}

	const isRefused = file.yanked !== undefined || !isFor(file.requiresPython, target);
	return {
		version: canonicalVersion(version), file, isRefused, ...(wheel && {wheel}),
	};
}

/** What cannot be read refuses nothing; pip sees it so too. */
function isFor(requiresPython: string | undefined, {environment}: Target): boolean {
	try {
		return requiresPython === undefined || satisfies(environment.python_full_version, requiresPython, {prereleases: true});
	} catch {
		return true;
	}
}

function compareCandidates(a: Candidate, b: Candidate, target: Target): number {
	const refused = Number(a.isRefused) - Number(b.isRefused);
	const built = Number(a.wheel === undefined) - Number(b.wheel === undefined);
	if (refused !== 0 || built !== 0) {
		return refused || built;
	}

	return a.wheel && b.wheel ? compareWheels(a.wheel, b.wheel, target) : Number(b.file.filename.endsWith('.tar.gz')) - Number(a.file.filename.endsWith('.tar.gz'));
}

const isOfVersionThatLacks = (versions: ReadonlyMap<string, unknown>, filename: string): boolean => {
	const wheel = wheelOf(filename);
	return wheel === undefined || !versions.has(versionKey(wheel.version));
};

/** What the name of a wheel says; undefined for what is no wheel, or has a name that no standard knows. */
function wheelOf(filename: string): WheelFilename | undefined {
	try {
		return filename.endsWith('.whl') ? parseWheelFilename(filename) : undefined;
	} catch {
		return undefined;
	}
}

/** Of the index's API (PEP 691). */
const apiVersion = '1.0';

/** The page of a project (PEP 691). Files are beside it. */
export function formatPage({name, versions, others}: ShownProject): string {
	const describe = (filename: string, {requiresPython, yanked}: IndexFile) => ({
		filename,
		url: encodeURIComponent(filename),
		hashes: {},
		...(requiresPython !== undefined && {'requires-python': requiresPython}),
		...(yanked !== undefined && {yanked}),
		'core-metadata': filename.endsWith('.whl'),
	});
	return JSON.stringify({
		meta: {'api-version': apiVersion},
		name,
		files: [...[...versions.values()].map(({filename, file}) => describe(filename, file)), ...others.map(file => describe(file.filename, file))],
	});
}
