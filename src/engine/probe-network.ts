/** A door to knock at: a listener on this machine, and its addresses. */
import {createServer, type AddressInfo} from 'node:net';
import {networkInterfaces} from 'node:os';

export type Door = {
	readonly port: number;
	/** The IPv4 addresses of this machine: loopback first. */
	readonly addresses: readonly string[];
};

/** Listens on a free port while `use` runs. */
export async function withOpenDoor<T>(use: (door: Door) => Promise<T>): Promise<T> {
	const server = createServer(socket => {
		socket.end();
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '0.0.0.0', resolve);
	});
	try {
		const outer = Object.values(networkInterfaces()).flatMap(each => each ?? []).filter(({family, internal}) => family === 'IPv4' && !internal);
		return await use({port: (server.address() as AddressInfo).port, addresses: ['127.0.0.1', ...outer.map(({address}) => address)]});
	} finally {
		server.close();
	}
}
