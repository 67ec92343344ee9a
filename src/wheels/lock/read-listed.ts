/** What the wheel list and the local modules give, as the resolver gets it. */
import {BuildError} from '../../errors.js';
import type {PypiClient} from '../../pypi/index.js';
import {canonicalVersion, satisfies, type Target} from '../../python/index.js';
import {fetchStated} from '../inputs/fetch-document.js';
import type {LocalModule, LocalWheel, WheelListEntry} from '../inputs/inputs.js';
import type {LockedFile, LockedSource} from './lock.js';
import {filenameOf, type SdistSource} from './sdist-source.js';
import {extrasOf, type StandIn} from './stand-in.js';

export type Listed = {readonly standIn: StandIn; readonly source: LockedSource};

export type ListedEffects = {
	readonly pypi: PypiClient;
	readonly sdists: SdistSource;
	readonly target: Target;
	/** Hex sha256 of files that are locked, by address. */
	readonly locked: ReadonlyMap<string, string>;
	readonly signal?: AbortSignal;
};

/**
What a line of the wheel list gives: its file, and what it needs. The file is the one that is locked, or whose digest its
URL on PyPI's file host is; of another, whose digest is to be trusted, it is learned here.

@throws BuildError STX0401 for an sdist of another version than is listed, STX0402 for a wheel that wants another Python,
STX0425 for a file that has changed since it was locked.
*/
export async function readListed(entry: WheelListEntry, {pypi, sdists, target, locked, signal}: ListedEffects): Promise<Listed> {
	const {name, version, at, url} = entry;
	const filename = filenameOf(url);
	const known = locked.get(url);
	const digest = await fetchStated(url, known !== undefined, async () => pypi.tarball({filename, url, ...(known !== undefined && {sha256: known})}, {learn: true, ...(signal && {signal})}));
	const file: LockedFile = {filename, url, sha256: digest.slice('sha256:'.length)};
	if (entry.type === 'pypi') {
		const {requiresDist, requiresPython, providesExtra} = await pypi.manifest(file);
		if (requiresPython !== undefined && !satisfies(target.environment.python_full_version, requiresPython, {prereleases: true})) {
			throw new BuildError('STX0402', `\`${filename}\` wants Python ${requiresPython}, and the target has ${target.python}`, {at: [at, {url}], hint: 'list another version'});
		}

		return {
			standIn: {
				name, version, requires: requiresDist, extras: providesExtra, ...(requiresPython !== undefined && {requiresPython}),
			},
			source: {kind: 'wheel', file},
		};
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
