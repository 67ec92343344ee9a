import path from 'node:path';
import {withTemporaryFolder, writeWhole} from '../system/index.js';
import type {Secret} from './engine.js';

/** How builds reach the network. */
export type BuildNetwork = {
	/** File with the certificates that builds trust, absolute. */
	readonly caBundle?: string | undefined;
	readonly httpProxy?: string | undefined;
	readonly httpsProxy?: string | undefined;
	readonly noProxy?: string | undefined;
};

/**
Gives a build the CA bundle (`ca`) and the proxies (`proxy`, lines of `http_proxy=URL`) as secrets: files that only the
build sees. A proxy may have a password, which a build argument would show in the list of processes and in the image.
*/
export async function withSecrets<T>({caBundle, httpProxy, httpsProxy, noProxy}: BuildNetwork, use: (secrets: readonly Secret[]) => Promise<T>): Promise<T> {
	const proxies = Object.entries({http_proxy: httpProxy, https_proxy: httpsProxy, no_proxy: noProxy}).filter(([, value]) => value !== undefined && value !== '');
	const ca = caBundle === undefined ? [] : [{id: 'ca', source: caBundle}];
	if (proxies.length === 0) {
		return use(ca);
	}

	return withTemporaryFolder('secrets', async folder => {
		const source = path.join(folder, 'proxy');
		await writeWhole(source, proxies.map(([name, value]) => `${name}=${value!}\n`).join(''), 0o600);
		return use([...ca, {id: 'proxy', source}]);
	});
}
