/** A client of an index for tests: quick to ask again, in folders that go away with the test. */
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {createPypiClient, type PypiClient, type PypiOptions} from '../../src/pypi/index.js';
import {
	createHttp, createRetryPolicy, systemClock, type HttpOptions,
} from '../../src/system/index.js';
import {startIndexServer, type IndexOptions, type IndexServer} from './index-server.js';
import {createMemoryStore, type MemoryStore} from './memory-store.js';

export type ClientOptions = Partial<PypiOptions> & {readonly http?: never; readonly httpOptions?: Partial<HttpOptions>};

export type ClientSetup = {
	readonly server: IndexServer;
	readonly store: MemoryStore;
	readonly folder: string;
	readonly warnings: readonly string[];
	readonly client: PypiClient;
	/** Another client with the same store and cache: the next run. */
	nextRun(options?: ClientOptions): PypiClient;
};

/** Starts a server and makes a client of it. Attempts follow each other within milliseconds. */
export async function setUpClient(t: ExecutionContext<any>, served: IndexOptions, options: ClientOptions = {}): Promise<ClientSetup> {
	const folder = await mkdtemp(path.join(tmpdir(), 'pypi-'));
	const server = await startIndexServer(served);
	t.teardown(async () => {
		await server.close();
		await rm(folder, {recursive: true, force: true});
	});
	const store = createMemoryStore();
	const warnings: string[] = [];
	const nextRun = ({httpOptions, ...more}: ClientOptions = {}) => {
		const {httpOptions: _first, ...first} = options;
		const retry = createRetryPolicy({
			base: 2, limit: 4, patience: 5000, random: () => 0.5,
		});
		return createPypiClient({
			http: createHttp({
				userAgent: 'stx-build-test', clock: systemClock, retry, idleSeconds: 10, ...options.httpOptions, ...httpOptions,
			}),
			index: server.index,
			store,
			cache: path.join(folder, 'cache'),
			offline: false,
			clock: systemClock,
			retry,
			warn(message) {
				warnings.push(message);
			},
			...first,
			...more,
		});
	};

	return {
		server, store, folder, warnings, client: nextRun(), nextRun,
	};
}
