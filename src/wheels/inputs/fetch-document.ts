/** Fetches texts that are inputs, such as constraints at an address, through the store. */
import {text} from 'node:stream/consumers';
import {BuildError} from '../../errors.js';
import {keyOf, type Digest, type Store} from '../../plan/index.js';
import type {PypiClient} from '../../pypi/index.js';
import {filenameOfUrl} from '../../url-parts.js';
import type {FetchDocument} from './read-constraints.js';

export type DocumentEffects = {
	readonly pypi: PypiClient;
	readonly store: Store;
	readonly offline: boolean;
	readonly signal: AbortSignal;
};

/**
@param locked hex sha256 of what the lock was made from, by address. These bytes are taken from the store without asking,
and no others from the network.
@returns a function that, of an address that is not locked, takes what is there now; offline what was there last.
*/
export function createDocumentFetcher(locked: ReadonlyMap<string, string>, {pypi, store, offline, signal}: DocumentEffects): FetchDocument {
	return async url => {
		const filename = filenameOfUrl(new URL(url));
		const known = locked.get(url);
		const key = keyOf({kind: 'wheels.document', url});
		const last = known === undefined && offline ? await store.result(key) as Digest | undefined : undefined;
		const sha256 = known ?? last?.slice('sha256:'.length);
		const digest = await fetchStated(url, known !== undefined, async () => pypi.tarball({url, filename, ...(sha256 !== undefined && {sha256})}, {learn: true, signal}));
		await store.keep(key, digest);
		return {text: await text(store.open(digest)), sha256: digest.slice('sha256:'.length)};
	};
}

/**
Fetches a file of which a digest is locked, and says so when it has another one now.

@throws BuildError STX0425
*/
export async function fetchStated<T>(url: string, isLocked: boolean, fetch: () => Promise<T>): Promise<T> {
	try {
		return await fetch();
	} catch (error) {
		if (isLocked && error instanceof BuildError && error.code === 'STX0303') {
			throw new BuildError('STX0425', `\`${url}\` gives other bytes than the lock was made with`, {at: {url}, hint: 'if they are right, `stx-build wheels lock --upgrade` takes them into a new lock', cause: error});
		}

		throw error;
	}
}
