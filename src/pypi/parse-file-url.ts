/** What the address of a file says about it. */
import {filenameOfUrl} from '../url-parts.js';

export type FileUrl = {
	/** Absolute, without fragment and credentials. */
	readonly url: string;
	/** The last part of its path, decoded. */
	readonly filename: string;
	/** From `#sha256=`: 64 hex digits in lower case. */
	readonly sha256?: string;
};

/**
@param href absolute or relative, as it stands in a page.
@param base the address it is relative to.
@returns undefined for what is no file over HTTP.
*/
export function parseFileUrl(href: string, base?: string): FileUrl | undefined {
	if (!URL.canParse(href, base)) {
		return undefined;
	}

	const url = new URL(href, base);
	if (url.protocol !== 'https:' && url.protocol !== 'http:') {
		return undefined;
	}

	// Credentials are sent to the index by its origin; they must not get into a lock.
	if (url.username !== '' || url.password !== '') {
		url.username = '';
		url.password = '';
	}

	const sha256 = /(?:^#|&)sha256=(?<digits>[\da-f]{64})(?:&|$)/i.exec(url.hash)?.groups?.digits?.toLowerCase();
	url.hash = '';
	const filename = filenameOfUrl(url);
	return filename === '' ? undefined : {url: url.href, filename, ...(sha256 !== undefined && {sha256})};
}

/**
The BLAKE2b-256 of a file on PyPI's file host, which is its path: `/packages/ab/cd/<the other 60 digits>/<file>`
(warehouse gives every upload this address).

@returns 64 hex digits, or undefined for other addresses: older files lie at `/packages/source/...`.
*/
export function blake2OfUrl(url: string): string | undefined {
	const {hostname, pathname} = new URL(url);
	const parts = /^\/packages\/(?<a>[\da-f]{2})\/(?<b>[\da-f]{2})\/(?<rest>[\da-f]{60})\/[^/]+$/.exec(pathname)?.groups;
	return hostname === 'files.pythonhosted.org' && parts ? `${parts.a!}${parts.b!}${parts.rest!}` : undefined;
}
