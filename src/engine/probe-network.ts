/** A door to knock at: a listener on this machine, and its addresses. */
import {
	createServer, type AddressInfo, type ListenOptions, type Server,
} from 'node:net';
import {networkInterfaces} from 'node:os';

export type Door = {
	readonly port: number;
	/** The IPv4 addresses of this machine: loopback first. */
	readonly addresses: readonly string[];
	/** Name of a Unix socket that is in no folder, but in the network namespace: unix(7), abstract. Without the null byte before it. */
	readonly socket: string;
};

/** Listens on a free port, and on an abstract socket, while `use` runs. */
export async function withOpenDoor<T>(use: (door: Door) => Promise<T>): Promise<T> {
	return withServer({port: 0, host: '0.0.0.0'}, async server => {
		const {port} = server.address() as AddressInfo;
		// Nobody else has the port, so nobody has the name.
		const socket = `stx-build-${port}`;
		const outer = Object.values(networkInterfaces()).flatMap(each => each ?? []).filter(({family, internal}) => family === 'IPv4' && !internal);
		return withServer({path: `\0${socket}`}, async () => use({port, addresses: ['127.0.0.1', ...outer.map(({address}) => address)], socket}));
	});
}

async function withServer<T>(options: ListenOptions, use: (server: Server) => Promise<T>): Promise<T> {
	const server = createServer(connection => {
		connection.end();
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(options, resolve);
	});
	try {
		return await use(server);
	} finally {
		server.close();
	}
}
