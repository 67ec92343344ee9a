import {createDocumentFetcher, lockedDocuments, type FetchDocument} from '../wheels/index.js';
import {lockFile, type Settings} from '../workspace/index.js';
import {createIndexClient} from './index-client.js';
import type {Effects} from './request.js';

/** Brings inputs that are named by an address, for a command that reads them and plans nothing: what the lock knows, else what is there now. */
export async function createInputFetcher(settings: Settings, effects: Effects): Promise<FetchDocument> {
	const {store, signal} = effects;
	return createDocumentFetcher(await lockedDocuments(lockFile(settings)), {
		pypi: createIndexClient(settings, effects), store, offline: settings.offline, signal,
	});
}
