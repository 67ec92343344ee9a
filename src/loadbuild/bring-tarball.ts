/** The wheels tarball that --wheels names: a file, or an address with a digest. */
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {BuildError} from '../errors.js';
import {maskSecrets} from '../mask-secrets.js';
import type {PypiClient} from '../pypi/index.js';
import {exists, knownDigest, makeFolder} from '../system/index.js';
import type {Effects, LoadbuildRequest} from './request.js';

/** A file of this machine as it is written, or a file to be fetched. */
type Place = {readonly file: string} | {readonly url: string; readonly sha256: string; readonly filename: string};

/**
Reads what --wheels takes. Of an address the fragment says the digest, as in an index's pages.

@throws BuildError STX0307 for an address without one.
*/
export function parseTarballPlace(text: string): Place {
	if (/^file:/iv.test(text)) {
		return {file: URL.canParse(text) && new URL(text).host === '' ? fileURLToPath(text) : text};
	}

	if (!/^https?:/iv.test(text)) {
		return {file: text};
	}

	const url = URL.canParse(text) ? new URL(text) : undefined;
	const sha256 = /^#sha256=(?<digest>[\da-f]{64})$/iv.exec(url?.hash ?? '')?.groups?.digest?.toLowerCase();
	if (url === undefined || sha256 === undefined) {
		throw new BuildError('STX0307', `nobody says the digest of the wheels tarball \`${maskSecrets(text)}\``, {hint: 'write --wheels URL#sha256=<64 hex digits>: the record beside a tarball that stx-build made has them; or fetch it, look at it, and name the file'});
	}

	url.hash = '';
	return {url: url.href, sha256, filename: path.posix.basename(url.pathname) || 'wheels.tar'};
}

/**
Fetches the tarball where --wheels is an address.

@returns the request with a file of this machine.
@throws BuildError STX0307, and those of a download that fails or is not what its digest says.
*/
export async function bringTarball(request: LoadbuildRequest, {store, signal, reporter}: Pick<Effects, 'store' | 'signal' | 'reporter'>, pypi: PypiClient): Promise<LoadbuildRequest> {
	const {wheels, settings} = request;
	if (wheels?.file === undefined) {
		return request;
	}

	const place = parseTarballPlace(wheels.file);
	if ('file' in place) {
		return {...request, wheels: {...wheels, file: place.file}};
	}

	const file = path.join(settings.cache, 'tarballs', place.sha256, place.filename);
	if (!await exists(file) || await knownDigest(file, store) !== `sha256:${place.sha256}`) {
		reporter.event({type: 'note', message: `fetching the wheels tarball ${maskSecrets(place.url)}`});
		const digest = await pypi.tarball(place, {signal});
		await makeFolder(path.dirname(file));
		await store.extractTo(digest, file);
	}

	return {...request, wheels: {...wheels, file}};
}
