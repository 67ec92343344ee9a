/** What uv is shown of a project of the index. Pure. */
import type {IndexFile, Packument} from '../../pypi/index.js';
import {
	canonicalVersion, compareWheels, parseSdistFilename, parseWheelFilename, satisfies, wheelRank, type NormalizedName, type Target, type WheelFilename,
} from '../../python/index.js';
import {standInFilename} from './stand-in.js';

/**
A project as a list of versions, each of which is a wheel for every platform: which files suit the target is decided here,
and uv has only versions to choose from.
*/
export type ShownProject = {
	readonly name: NormalizedName;
	/** The wheel that suits the target best, by version. */
	readonly wheels: ReadonlyMap<string, IndexFile>;
	/** Versions without one that are shown all the same, and are to be built from their sdists. */
	readonly sdists: ReadonlySet<string>;
	/** The files of the other versions, by which uv says why it does not take these. */
	readonly others: readonly IndexFile[];
};

/** What is shown of a project that the index does not have, or that it is not asked for. */
export const nothingShown = (name: NormalizedName): ShownProject => ({
	name, wheels: new Map(), sdists: new Set(), others: [],
});

/**
Chooses what uv is shown. Of versions that only have an sdist, those are shown that the constraints ask for, and all when
the project has no wheel at all: without these uv could only fail. Otherwise a version that has a wheel is to be taken if
one will do.

@param pin what the constraints ask for, as specifiers.
*/
export function showProject(name: NormalizedName, packument: Packument, target: Target, pin: string | undefined): ShownProject {
	const releases = sortReleases(name, packument, target);
	const wheels = new Map([...releases].flatMap(([version, {best}]) => (best ? [[version, best.file] as const] : [])));
	const sdists = new Set(withoutWheel(releases).filter(version => (pin === undefined || pin === '' ? wheels.size === 0 : satisfies(version, pin, {prereleases: true}))));
	return {
		name, wheels, sdists, others: [...releases].filter(([version, {best}]) => !best && !sdists.has(version)).flatMap(([, {others}]) => others),
	};
}

/** Versions of which an index has an sdist and no wheel that the target can install; withdrawn ones where there are no others. */
export function versionsWithoutWheel(name: NormalizedName, packument: Packument, target: Target): readonly string[] {
	return withoutWheel(sortReleases(name, packument, target));
}

/** The files of a version, by what they are for the target. */
type Release = {
	best?: {readonly file: IndexFile; readonly wheel: WheelFilename};
	readonly sdists: IndexFile[];
	/** Sdists, wheels that it cannot install, and whatever else there is. */
	readonly others: IndexFile[];
};

function sortReleases(name: NormalizedName, {files}: Packument, target: Target): ReadonlyMap<string, Release> {
	const releases = new Map<string, Release>();
	for (const file of files) {
		const wheel = wheelOf(file.filename);
		const version = wheel?.version ?? sdistVersion(file, name) ?? '';
		const release: Release = releases.get(version) ?? {sdists: [], others: []};
		releases.set(version, release);
		if (wheel && wheelRank(wheel, target) !== undefined) {
			release.best = release.best && compareWheels(release.best.wheel, wheel, target) <= 0 ? release.best : {file, wheel};
			continue;
		}

		release.others.push(file);
		if (!wheel && version !== '') {
			release.sdists.push(file);
		}
	}

	return releases;
}

function withoutWheel(releases: ReadonlyMap<string, Release>): readonly string[] {
	const without = [...releases].filter(([, {best, sdists}]) => !best && sdists.length > 0);
	const offered = without.filter(([, {sdists}]) => sdists.some(({yanked}) => yanked === undefined));
	return (offered.length > 0 ? offered : without).map(([version]) => version);
}

/** The version of an sdist; undefined for a file that is none. */
export const sdistVersion = (file: IndexFile, name: NormalizedName): string | undefined => {
	const parsed = parseSdistFilename(file.filename, name);
	return parsed && canonicalVersion(parsed.version);
};

/** What the name of a wheel says; undefined for what is no wheel, or has a name that no standard knows. */
function wheelOf(filename: string): WheelFilename | undefined {
	try {
		return filename.endsWith('.whl') ? parseWheelFilename(filename) : undefined;
	} catch {
		return undefined;
	}
}

/** A version, the file name it has here, and the wheel that this stands for; none when there is only an sdist. */
export type ShownVersion = {readonly version: string; readonly filename: string; readonly wheel?: IndexFile};

export const shownVersions = ({name, wheels, sdists}: ShownProject): readonly ShownVersion[] => [
	...[...wheels].map(([version, wheel]) => ({version, filename: standInFilename({name, version}), wheel})),
	...[...sdists].map(version => ({version, filename: standInFilename({name, version})})),
];

/** Of the index's API (PEP 691). */
const apiVersion = '1.0';

/** The page of a project (PEP 691). Files are beside it. */
export function formatPage(project: ShownProject): string {
	const describe = (filename: string, file: IndexFile | undefined) => ({
		filename,
		url: encodeURIComponent(filename),
		hashes: {},
		...(file?.requiresPython !== undefined && {'requires-python': file.requiresPython}),
		...(file?.yanked !== undefined && {yanked: file.yanked}),
		'core-metadata': filename.endsWith('.whl'),
	});
	return JSON.stringify({
		meta: {'api-version': apiVersion},
		name: project.name,
		files: [...shownVersions(project).map(({filename, wheel}) => describe(filename, wheel)), ...project.others.map(file => describe(file.filename, file))],
	});
}
