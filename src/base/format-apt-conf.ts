/** Configuration of apt (apt.conf(5)) for one call: proxies and certificates, which never go into an image. */

export type AptSurroundings = {
	readonly httpProxy?: string | undefined;
	readonly httpsProxy?: string | undefined;
	/** Comma-separated hosts to be reached without a proxy. */
	readonly noProxy?: string | undefined;
	/** PEM file with the certificates to trust, where apt runs. */
	readonly caFile?: string | undefined;
};

/** Lines of apt.conf. They may hold passwords: write them to a file that only its owner reads. */
export function formatAptConf({httpProxy, httpsProxy, noProxy, caFile}: AptSurroundings): string {
	const direct = (noProxy ?? '').split(',').map(host => host.trim().replace(/^\*?\./, '').replace(/:\d+$/, '')).filter(host => /^[\w.-]+$/.test(host));
	const proxies = ([['http', httpProxy], ['https', httpsProxy]] as const).flatMap(([scheme, proxy]) => proxy === undefined
		? []
		: [
			`Acquire::${scheme}::Proxy ${quote(proxy)};`,
			...direct.map(host => `Acquire::${scheme}::Proxy::${host} "DIRECT";`),
		]);
	return [...proxies, ...(caFile === undefined ? [] : [`Acquire::https::CAInfo ${quote(caFile)};`])].map(line => `${line}\n`).join('');
}

/** A value of apt.conf, in which nothing can stand for a quote. */
const quote = (value: string): string => `"${value.replaceAll('"', '%22')}"`;
