/** The files of a folder over HTTP, on this machine alone. */
import {createReadStream} from 'node:fs';
import {once} from 'node:events';
import {stat} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import path from 'node:path';

export async function createFileServer(folder: string): Promise<{readonly url: string; close(): Promise<void>}> {
	const server = createServer(async (request, response) => {
		const file = path.join(folder, path.basename(new URL(request.url ?? '/', 'http://localhost').pathname));
		const found = await stat(file).catch(() => undefined);
		if (found?.isFile()) {
			response.writeHead(200, {'content-type': 'application/octet-stream', 'content-length': found.size});
			createReadStream(file).pipe(response);
		} else {
			response.writeHead(404).end();
		}
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
}
