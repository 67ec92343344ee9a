/** Which proxy a request takes: the rules of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, from settings. */
import {BlockList, isIP} from 'node:net';

export type ProxySettings = {
	readonly httpProxy?: string | undefined;
	readonly httpsProxy?: string | undefined;
	/** Hosts that are reached directly, separated by commas or blanks. */
	readonly noProxy?: string | undefined;
};

/**
@returns the URL of the proxy for this request, or undefined when it goes straight to its host.
*/
export function proxyFor(url: URL, {httpProxy, httpsProxy, noProxy}: ProxySettings): string | undefined {
	const proxy = url.protocol === 'https:' ? httpsProxy : httpProxy;
	if (proxy === undefined || proxy === '' || isExempt(url, noProxy ?? '')) {
		return undefined;
	}

	return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/**
Entries as curl, pip and Go read them: `*`, `host` and `.host` (itself and everything below it), `*.host`, an address, a
network in CIDR notation; each may end with `:port`.
*/
function isExempt(url: URL, noProxy: string): boolean {
	const host = url.hostname.replaceAll(/^\[|]$/g, '').toLowerCase().replace(/\.$/, '');
	const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
	return noProxy.split(/[\s,]+/).filter(entry => entry !== '').some(entry => {
		if (entry === '*') {
			return true;
		}

		const {name, wantedPort} = splitPort(entry.toLowerCase());
		if (wantedPort !== undefined && wantedPort !== port) {
			return false;
		}

		if (isIP(host) > 0) {
			return matchesAddress(host, name);
		}

		const suffix = name.replace(/^\*?\./, '').replace(/\.$/, '');
		return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`));
	});
}

function splitPort(entry: string): {name: string; wantedPort: string | undefined} {
	const bracketed = /^\[(?<name>[^\]]+)](?::(?<port>\d+))?$/.exec(entry);
	const found = bracketed ?? /^(?<name>[^:]+):(?<port>\d+)$/.exec(entry);
	return {name: found?.groups?.name ?? entry, wantedPort: found?.groups?.port};
}

function matchesAddress(host: string, entry: string): boolean {
	const [address, bits] = entry.split('/') as [string, string | undefined];
	const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
	if (isIP(address) === 0 || (bits !== undefined && !(/^\d+$/.test(bits) && Number(bits) <= (family === 'ipv6' ? 128 : 32)))) {
		return false;
	}

	const list = new BlockList();
	if (bits === undefined) {
		list.addAddress(address, family);
	} else {
		list.addSubnet(address, Number(bits), family);
	}

	return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}
