import path from 'node:path';
import {createPypiClient, type PypiClient} from '../pypi/index.js';
import type {Settings} from '../workspace/index.js';
import type {Effects} from './request.js';

/** The client of the index that the settings name. */
export function createIndexClient({index, cache, offline}: Settings, {http, store, clock, retry, reporter}: Effects): PypiClient {
	return createPypiClient({
		http, index, store, cache: path.join(cache, 'pypi'), offline, clock, retry, warn(message) {
			reporter.event({type: 'warning', message});
		},
	});
}
