/** Fetches a project's page: from the cache while it is fresh, else asking only for what has changed. */
import {BuildError} from '../errors.js';
import {
	httpFailure, redactUrl, statusFailure, type Clock, type HttpClient,
} from '../system/index.js';
import {parseMaxAge, type CachedPage, type PageCache} from './page-cache.js';

export type PageRequest = {
	readonly http: HttpClient;
	readonly cache: PageCache;
	readonly clock: Clock;
	readonly offline: boolean;
	/** Whether what the cache has is good enough, whatever its age. */
	readonly isFresh: boolean;
	readonly authorization: string | undefined;
	readonly signal: AbortSignal;
	/** For messages. */
	readonly name: string;
};

/** What to ask an index for. The last is for servers that know none of the names but have a page. */
const indexAccept = [
	'application/vnd.pypi.simple.v1+json',
	'application/vnd.pypi.simple.v1+html;q=0.2',
	'text/html;q=0.1',
	'*/*;q=0.01',
].join(', ');

/** Milliseconds for a page, all attempts together. */
const pageDeadline = 180_000;

/** Bytes: the largest pages of PyPI have some 30 MB. */
const largestPage = 256 * (2 ** 20);

/**
@param url of the page, without credentials.
@param read throws for what is no page of an index: that is not kept, so that the next time it is asked for anew.
@returns what `read` makes of the page.
@throws BuildError STX0301 when the index does not have the project, STX0306 when offline, STX0908, STX0909, STX0003, and
what `read` throws.
*/
export async function fetchPage<T>(url: string, request: PageRequest, read: (page: CachedPage) => Promise<T>): Promise<T> {
	const {http, cache, clock, offline, isFresh, authorization, signal, name} = request;
	const cached = await cache.read(url);
	const now = clock.now().getTime();
	if (cached && (offline || isFresh || now < cached.freshUntil)) {
		return read(cached);
	}

	if (offline) {
		throw new BuildError('STX0306', `the page of \`${name}\` is not in the cache, and --offline is given`, {at: {url}, hint: 'run once without --offline'});
	}

	const response = await (async () => {
		try {
			const client = await http();
			const pending = client(url, {
				headers: {
					accept: indexAccept,
					...(authorization !== undefined && {authorization}),
					...(cached?.etag !== undefined && {'if-none-match': cached.etag}),
					...(cached?.lastModified !== undefined && {'if-modified-since': cached.lastModified}),
				},
				responseType: 'buffer',
				signal: AbortSignal.any([signal, AbortSignal.timeout(pageDeadline)]),
			});
			void pending.on('downloadProgress', ({transferred}) => {
				if (transferred > largestPage) {
					pending.cancel();
				}
			});
			return await pending;
		} catch (error) {
			throw pageFailure(error, {url, name, signal});
		}
	})();

	const {headers, statusCode} = response;
	const freshUntil = now + (parseMaxAge(headers['cache-control'], headers.age) * 1000);
	const validators = {etag: headers.etag, lastModified: headers['last-modified']};
	if (statusCode !== 200 && !(statusCode === 304 && cached)) {
		throw statusFailure(statusCode, url);
	}

	const page: CachedPage = statusCode === 304 && cached
		? {
			...cached, etag: validators.etag ?? cached.etag, lastModified: validators.lastModified ?? cached.lastModified, freshUntil,
		}
		: {
			version: 1, url: redactUrl(response.url), contentType: headers['content-type'], ...validators, freshUntil, body: response.body,
		};
	const project = await read(page);
	await cache.keep(url, page);
	return project;
}

function pageFailure(error: unknown, {url, name, signal}: {readonly url: string; readonly name: string; readonly signal: AbortSignal}): unknown {
	if (error instanceof Error && error.name === 'CancelError') {
		return new BuildError('STX0305', `the page of \`${name}\` is larger than ${largestPage} bytes`, {at: {url}});
	}

	const {response} = error as {readonly response?: {readonly statusCode: number}};
	return response?.statusCode === 404 || response?.statusCode === 410
		? new BuildError('STX0301', `the index does not have \`${name}\``, {at: {url}, hint: 'check the spelling; the names of a project and of its distribution may differ'})
		: httpFailure(error, url, signal);
}
