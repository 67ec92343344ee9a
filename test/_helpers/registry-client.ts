/** A client of registries for tests: what a user of the command line has, without waiting between attempts. */
import {Buffer} from 'node:buffer';
import {createRegistry, type Registry, type RegistryOptions} from '../../src/registry/index.js';
import {parseAuthFile} from '../../src/registry/parse-auth-file.js';
import {createHttp, createRetryPolicy, systemClock} from '../../src/system/index.js';

/** @param logins user and password by registry: `{'127.0.0.1:5000': 'builder:secret'}` */
export function registryClient(logins: Readonly<Record<string, string>> = {}, more: Partial<RegistryOptions> & {readonly caBundle?: string} = {}): Registry {
	const retry = createRetryPolicy({limit: 2, base: 1, random: () => 0});
	const auths = Object.fromEntries(Object.entries(logins).map(([name, login]) => [name, {auth: Buffer.from(login).toString('base64')}]));
	return createRegistry({
		http: createHttp({
			userAgent: 'test', clock: systemClock, retry, caBundle: more.caBundle,
		}),
		retry,
		signal: new AbortController().signal,
		authFiles: async () => [parseAuthFile(JSON.stringify({auths}), 'config.json')],
		...more,
	});
}
