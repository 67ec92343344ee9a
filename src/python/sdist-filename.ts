import {foldName, type NormalizedName} from './name.js';
import {canonicalVersion, tryParseVersion} from './version.js';

/** The one of PEP 625 first, then those that older sdists have. */
const endings = ['.tar.gz', '.zip', '.tgz', '.tar.bz2', '.tar.xz', '.tar.Z', '.tar'];

/**
Reads the name of an sdist's file.

@param filename without a folder: `oslo.config-9.7.1.tar.gz`.
@param name the distribution it belongs to. Older sdists have `-` in names and versions, so that only with the name can one tell where the version begins.
@returns the version in its normal spelling; undefined when the file is no sdist of this distribution.
*/
export function parseSdistFilename(filename: string, name: NormalizedName): {readonly version: string} | undefined {
	const ending = endings.find(candidate => filename.endsWith(candidate));
	if (ending === undefined) {
		return undefined;
	}

	const stem = filename.slice(0, -ending.length);
	for (let dash = stem.indexOf('-'); dash !== -1; dash = stem.indexOf('-', dash + 1)) {
		const version = foldName(stem.slice(0, dash)) === name ? tryParseVersion(stem.slice(dash + 1)) : undefined;
		if (version) {
			return {version: canonicalVersion(version)};
		}
	}

	return undefined;
}
