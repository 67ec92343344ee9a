/** What the wheel list and the local modules give, as the resolver gets it. */
import {BuildError} from '../../errors.js';
import type {Store} from '../../plan/index.js';
import type {IndexFile, PypiClient} from '../../pypi/index.js';
import {
	canonicalVersion, parseRequirement, satisfies, type Metadata, type NormalizedName, type Target,
} from '../../python/index.js';
import {filenameOfUrl} from '../../url-parts.js';
import {fetchStated} from '../inputs/fetch-document.js';
import type {
	LocalModule, LocalWheel, NameChoice, WheelListEntry,
} from '../inputs/inputs.js';
import type {LockedFile, LockedSource} from './lock.js';
import {lockFile, type SdistSource} from './sdist-source.js';
import {extrasOf, type StandIn} from './stand-in.js';

export type Listed = {readonly standIn: StandIn; readonly source: LockedSource};

export type ListedEffects = {
	readonly pypi: PypiClient;
	readonly sdists: SdistSource;
	readonly store: Pick<Store, 'size'>;
	readonly target: Target;
	/** Hex sha256 of files that are locked, by address. */
	readonly locked: ReadonlyMap<string, string>;
	/** What to take from the index where it has a wheel of the listed version. */
	readonly fromIndex: NameChoice;
	/** Names of which no index is asked. */
	readonly onlyLocal: ReadonlySet<NormalizedName>;
	readonly signal: AbortSignal;
};

/**
What a line of the wheel list gives: its file, and what it needs. The file is the one that is locked, or whose digest its
URL on PyPI's file host is; of another, whose digest is to be trusted, it is learned here.

@throws BuildError STX0401 for an sdist of another version than is listed, STX0402 for a wheel that wants another Python,
STX0425 for a file that has changed since it was locked.
*/
export async function readListed(entry: WheelListEntry, effects: ListedEffects): Promise<Listed> {
	const {pypi, sdists, store, target, locked, signal} = effects;
	const {name, version, at, url} = entry;
	const inIndex = await findInIndex(entry, effects);
	if (inIndex) {
		return listedWheel(entry, await lockFile(inIndex, pypi, signal), await pypi.manifest(inIndex, {signal}));
	}

	const filename = filenameOfUrl(new URL(url));
	const known = locked.get(url);
	const digest = await fetchStated(url, known !== undefined, async () => pypi.tarball({filename, url, ...(known !== undefined && {sha256: known})}, {learn: true, signal}));
	const size = await store.size(digest);
	const file: LockedFile = {
		filename, url, sha256: digest.slice('sha256:'.length), ...(size !== undefined && {size}),
	};
	if (entry.type === 'pypi') {
		const metadata = await pypi.manifest(file, {signal});
		const {requiresPython} = metadata;
		if (requiresPython !== undefined && !satisfies(target.environment.python_full_version, requiresPython, {prereleases: true})) {
			throw new BuildError('STX0402', `\`${filename}\` wants Python ${requiresPython}, and the target has ${target.python}`, {at: [at, {url}], hint: 'list another version'});
		}

		return listedWheel(entry, file, metadata);
	}

	const project = await sdists.project(name, file, entry.basedir);
	if (project.version !== undefined && canonicalVersion(project.version) !== canonicalVersion(version)) {
		throw new BuildError('STX0401', `the line is for ${name} ${version}, its sdist is of version ${project.version}`, {at: [at, {url}]});
	}

	const requires = project.requires ?? [];
	return {
		standIn: {
			name, version, requires, extras: extrasOf(requires),
		},
		source: {kind: 'sdist', file, basedir: entry.basedir},
	};
}

/** The index's wheel for a line that has it built, where that is wanted, and the index has one of that version and states its digest. */
async function findInIndex({name, version, type}: WheelListEntry, {pypi, target, fromIndex, onlyLocal, signal}: ListedEffects): Promise<IndexFile | undefined> {
	if (type === 'pypi' || onlyLocal.has(name) || (fromIndex !== 'all' && !fromIndex.includes(name))) {
		return undefined;
	}

	try {
		const file = await pypi.resolve(parseRequirement(`${name}==${version}`), {target, prefer: 'wheel', signal});
		return file.filename.endsWith('.whl') && file.sha256 !== undefined ? file : undefined;
	} catch (error) {
		if (error instanceof BuildError && ['STX0301', 'STX0302', 'STX0309'].includes(error.code)) {
			return undefined;
		}

		throw error;
	}
}

const listedWheel = ({name, version}: WheelListEntry, file: LockedFile, {requiresDist, requiresPython, providesExtra}: Metadata): Listed => ({
	standIn: {
		name, version, requires: requiresDist, extras: providesExtra, ...(requiresPython !== undefined && {requiresPython}),
	},
	source: {kind: 'wheel', file},
});

export const standInOfModule = ({name, version, requires}: LocalModule): StandIn => ({
	name, version, requires, extras: extrasOf(requires),
});

export const listedOfLocalWheel = ({name, version, requires, filename, digest, size, path}: LocalWheel): Listed => ({
	standIn: {
		name, version, requires, extras: extrasOf(requires),
	},
	source: {
		kind: 'local', filename, path, sha256: digest.slice('sha256:'.length), size,
	},
});
