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

/** Lines of `http_proxy=URL`; none without a proxy. */
const proxyLines = ({httpProxy, httpsProxy, noProxy}: BuildNetwork): readonly string[] =>
	Object.entries({http_proxy: httpProxy, https_proxy: httpsProxy, no_proxy: noProxy}).flatMap(([name, value]) => value === undefined || value === '' ? [] : [`${name}=${value}\n`]);

/** @returns the ids of the secrets that `withSecrets` gives a build. */
export const secretIds = (network: BuildNetwork): ReadonlyArray<'ca' | 'proxy'> => [
	...(network.caBundle === undefined ? [] : ['ca' as const]),
	...(proxyLines(network).length === 0 ? [] : ['proxy' as const]),
];

/**
Gives a build the CA bundle (`ca`) and the proxies (`proxy`, lines of `http_proxy=URL`) as secrets: files that only the
build sees. A proxy may have a password, which a build argument would show in the list of processes and in the image.
*/
export async function withSecrets<T>(network: BuildNetwork, use: (secrets: readonly Secret[]) => Promise<T>): Promise<T> {
	const ids = secretIds(network);
	const secretsOf = (proxy: string): readonly Secret[] => ids.map(id => ({id, source: id === 'ca' ? network.caBundle! : proxy}));
	if (!ids.includes('proxy')) {
		return use(secretsOf(''));
	}

	return withTemporaryFolder('secrets', async folder => {
		const proxy = path.join(folder, 'proxy');
		await writeWhole(proxy, proxyLines(network).join(''), 0o600);
		return use(secretsOf(proxy));
	});
}
