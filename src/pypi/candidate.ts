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

/** Formats that can be unpacked; other sdists are of an age in which the standard allowed them. */
const unpackable = /\.(?:tar\.gz|tgz|zip|tar)$/v;

/** Whether an sdist can be unpacked, by its name. */
export const isUnpackable = ({filename}: IndexFile): boolean => unpackable.test(filename);

/** Of sdists, the format first that has been the standard since PEP 527 and 625, last those that nobody here can unpack. */
const rankFormat = (file: IndexFile): number => file.filename.endsWith('.tar.gz') ? 0 : (isUnpackable(file) ? 1 : 2);

/** Orders the files of one version: wheels as `compareWheels` does, then sdists. */
function compareCandidates(a: Candidate, b: Candidate, target: Target): number {
	if (a.wheel && b.wheel) {
		return compareWheels(a.wheel, b.wheel, target);
	}

	return Number(b.wheel !== undefined) - Number(a.wheel !== undefined) || rankFormat(a.file) - rankFormat(b.file);
}

export type FileOrder = {
	/** Whether pip passes over a file that nothing pins: one that is withdrawn (PEP 592), or wants another Python. */
	readonly isRefused: (file: IndexFile) => boolean;
	/** Orders the files of one version as pip takes them: what it refuses last, wheels before sdists, better wheels before others. */
	readonly compare: (a: Candidate, b: Candidate) => number;
};

/**
Which file of a version is taken, for all who choose one.

@param target that the wheels which are compared can be installed in.
*/
export function createFileOrder(target: Target): FileOrder {
	// Many files want the same Python, which is worked out once.
	const allowed = new Map<string, boolean>();
	const isRefused: FileOrder['isRefused'] = ({yanked, requiresPython}) => {
		if (yanked !== undefined || requiresPython === undefined) {
			return yanked !== undefined;
		}

		const isAllowed = allowed.get(requiresPython) ?? allowsPython(requiresPython, target);
		allowed.set(requiresPython, isAllowed);
		return !isAllowed;
	};

	return {
		isRefused,
		compare: (a, b) => Number(isRefused(a.file)) - Number(isRefused(b.file)) || compareCandidates(a, b, target),
	};
}
