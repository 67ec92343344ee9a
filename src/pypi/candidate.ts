/** The files of a project that can be taken at all: its wheels and sdists, by what their names say. Pure. */
import {BuildError} from '../errors.js';
import {
	compareWheels, parseSdistFilename, parseWheelFilename, satisfies, type NormalizedName, type Target, type WheelFilename,
} from '../python/index.js';
import type {IndexFile} from './packument.js';

/** A wheel or, without `wheel`, an sdist; its version is in the normal spelling. */
export type Candidate = {readonly file: IndexFile; readonly version: string; readonly wheel?: WheelFilename};

/** @returns the reason when the file is no wheel and no sdist of the project. */
export function readCandidate(file: IndexFile, name: NormalizedName): Candidate | string {
	if (!file.filename.endsWith('.whl')) {
		const sdist = parseSdistFilename(file.filename, name);
		return sdist ? {file, version: sdist.version} : 'is neither a wheel nor an sdist';
	}

	try {
		const wheel = parseWheelFilename(file.filename);
		return wheel.normalized === name ? {file, version: wheel.version, wheel} : `is a wheel of \`${wheel.normalized}\``;
	} catch (error) {
		if (error instanceof BuildError) {
			return 'has a file name that is not a wheel\'s';
		}

		throw error;
	}
}

/** What cannot be read as specifiers allows every Python, as pip has it. */
export function allowsPython(requiresPython: string, target: Target): boolean {
	try {
		return satisfies(target.environment.python_full_version, requiresPython);
	} catch (error) {
		if (error instanceof BuildError) {
			return true;
		}

		throw error;
	}
}

/** Orders the files of one version: wheels as `compareWheels` does, then sdists, of these the format first that has been the standard since PEP 527 and 625. */
export function compareCandidates(a: Candidate, b: Candidate, target: Target): number {
	if (a.wheel && b.wheel) {
		return compareWheels(a.wheel, b.wheel, target);
	}

	return Number(b.wheel !== undefined) - Number(a.wheel !== undefined) || Number(b.file.filename.endsWith('.tar.gz')) - Number(a.file.filename.endsWith('.tar.gz'));
}
