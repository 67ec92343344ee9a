/** A proxy behind which every host is as far away as wanted: a network of one's own machine answers sooner than any other. */
import type {Buffer} from 'node:buffer';
import {lookup} from 'node:dns/promises';
import {once} from 'node:events';
import {createServer} from 'node:http';
import {connect, type AddressInfo} from 'node:net';
import type {Duplex} from 'node:stream';

/**
@param roundTrip milliseconds that a question and its answer take longer.
@returns the address of the proxy, for HTTPS_PROXY. It passes on what it is given, to any host.
*/
export async function createDistantHosts(roundTrip: number): Promise<{readonly url: string; close(): Promise<void>}> {
	const server = createServer();
	// Asked for once: a resolver drops some of fifty questions at the same time, and is asked again after 5 s.
	const addresses = new Map<string, Promise<string>>();
	const addressOf = async (host: string): Promise<string> => {
		const known = addresses.get(host) ?? lookup(host).then(({address}) => address);
		addresses.set(host, known);
		return known;
	};

	server.on('connect', async (request, near: Duplex) => {
		near.once('error', () => near.destroy());
		const {hostname, port} = new URL(`http://${request.url!}`);
		const far = connect({host: await addressOf(hostname), port: Number(port || 80), noDelay: true});
		far.once('connect', () => {
			setTimeout(() => near.write('HTTP/1.1 200 Connection established\r\n\r\n'), roundTrip);
			passOn(near, far, roundTrip / 2);
			passOn(far, near, roundTrip / 2);
		});
		far.once('error', () => near.destroy());
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		async close() {
			server.close();
			server.closeAllConnections();
			await once(server, 'close');
		},
	};
}

/** Writes what comes, so many milliseconds later. Timers of the same length end in the order in which they were set. */
function passOn(from: Duplex, to: Duplex, milliseconds: number): void {
	const later = (act: () => void): void => {
		setTimeout(() => {
			if (!to.destroyed) {
				act();
			}
		}, milliseconds);
	};

	from.on('data', (data: Buffer) => {
		later(() => to.write(data));
	});
	from.once('end', () => {
		later(() => to.end());
	});
	from.once('close', () => {
		later(() => to.end());
	});
}
