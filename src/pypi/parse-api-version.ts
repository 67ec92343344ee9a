import {BuildError} from '../errors.js';

/** The version of the API that this client knows (PEP 629). */
const known = {major: 1, minor: 4};

/**
@returns a warning when the index speaks a newer minor version.
@throws BuildError STX0310 when its major version is another.
*/
export function verifyApiVersion(version: string | undefined, url: string): readonly string[] {
	if (version === undefined) {
		return [];
	}

	const [, major, minor] = /^(\d+)\.(\d+)$/.exec(version.trim()) ?? [];
	if (major === undefined || Number(major) !== known.major) {
		throw new BuildError('STX0310', `the index speaks version \`${version}\` of the simple API, but this stx-build knows version ${known.major}`, {at: {url}, hint: 'update stx-build, or use another index'});
	}

	return Number(minor) > known.minor ? [`the index speaks version ${version} of the simple API; what is newer than ${known.major}.${known.minor} is ignored`] : [];
}
