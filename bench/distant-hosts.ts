/** A proxy behind which every host is as far away as wanted: what waits for each answer does not show beside a mirror. */
import type {Buffer} from 'node:buffer';
import {lookup} from 'node:dns';
import {once} from 'node:events';
import {createServer} from 'node:http';
import {connect, type AddressInfo} from 'node:net';
import type {Duplex} from 'node:stream';
import {createLookup} from '../src/system/http-lookup.js';

/**
@param roundTrip milliseconds that a question and its answer take longer.
@returns the address of the proxy, for HTTPS_PROXY. It passes on what it is given, to any host.
*/
export async function createDistantHosts(roundTrip: number): Promise<{readonly url: string; close(): Promise<void>}> {
	const server = createServer();
	const findHost = createLookup(lookup);
	const open = new Set<Duplex>();
	server.on('connect', (request, near: Duplex) => {
		const {hostname, port} = new URL(`http://${request.url!}`);
		const far = connect({
			host: hostname, port: Number(port || 80), noDelay: true, lookup: findHost,
		});
		near.once('error', () => far.destroy());
		for (const end of [near, far]) {
			open.add(end);
			end.once('close', () => open.delete(end));
		}

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
			for (const end of open) {
				end.destroy();
			}

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
