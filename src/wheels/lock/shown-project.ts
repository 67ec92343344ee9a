/** What uv is shown of a project of the index. Pure. */
import {
	createFileOrder, readCandidate, type Candidate, type IndexFile, type Packument,
} from '../../pypi/index.js';
import {
	isPrerelease, versionKey, wheelRank, type NormalizedName, type Target,
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
	/** Whether pip passes over it where nothing pins it. */
	readonly isPassedOver: boolean;
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
	const others: Array<{readonly file: IndexFile; readonly key?: string}> = [];
	const {isRefused, compare} = createFileOrder(target);
	for (const file of files) {
		const candidate = readCandidate(file, name);
		if (typeof candidate === 'string') {
			others.push({file});
			continue;
		}

		const key = versionKey(candidate.version);
		if (candidate.wheel && wheelRank(candidate.wheel, target) === undefined) {
			others.push({file, key});
			continue;
		}

		const known = versions.get(key);
		if (!known || compare(candidate, known) < 0) {
			versions.set(key, candidate);
		}
	}

	return {
		name,
		versions: new Map([...versions].map(([key, {version, file, wheel}]) => [key, {
			version, filename: standInFilename({name, version}), file, isBuilt: wheel === undefined, isPassedOver: isRefused(file) || isPrerelease(version),
		}])),
		others: others.filter(({key}) => key === undefined || !versions.has(key)).map(({file}) => file),
	};
}

/**
Leaves out the versions without a wheel.

@returns undefined where nothing would be left that pip takes of itself.
*/
export function wheelsAlone(project: ShownProject): ShownProject | undefined {
	const versions = new Map([...project.versions].filter(([, {isBuilt}]) => !isBuilt));
	return [...versions.values()].some(({isPassedOver}) => !isPassedOver) ? {...project, versions} : undefined;
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
