/** What the wheel list and the local modules give, as the resolver gets it. */
import {BuildError} from '../../errors.js';
import type {PypiClient} from '../../pypi/index.js';
import {canonicalVersion} from '../../python/index.js';
import type {LocalModule, WheelListEntry} from '../inputs/inputs.js';
import type {LockedFile, LockedSource} from './lock.js';
import {filenameOf, type SdistSource} from './sdist-source.js';
import {extrasOf, type StandIn} from './stand-in.js';

export type Listed = {readonly standIn: StandIn; readonly source: LockedSource};

/** What a line of the wheel list gives: its file, and what it needs. Its URL says the digest on PyPI's file host; elsewhere it is learned here, once. */
export async function readListed(entry: WheelListEntry, sdists: SdistSource, {pypi, signal}: {readonly pypi: PypiClient; readonly signal?: AbortSignal}): Promise<Listed> {
	const {name, version, at} = entry;
	const filename = filenameOf(entry.url);
	const digest = await pypi.tarball({filename, url: entry.url}, {learn: true, ...(signal && {signal})});
	const file: LockedFile = {filename, url: entry.url, sha256: digest.slice('sha256:'.length)};
	if (entry.type === 'pypi') {
		const {requiresDist, requiresPython, providesExtra} = await pypi.manifest(file);
		return {
			standIn: {
				name, version, requires: requiresDist, extras: providesExtra, ...(requiresPython !== undefined && {requiresPython}),
			},
			source: {kind: 'wheel', file},
		};
	}

	const project = await sdists.project(name, file, entry.basedir);
	if (project.version !== undefined && canonicalVersion(project.version) !== canonicalVersion(version)) {
		throw new BuildError('STX0401', `the line is for ${name} ${version}, its sdist is of version ${project.version}`, {at: [at, {url: entry.url}]});
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
