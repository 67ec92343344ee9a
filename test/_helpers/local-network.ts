/** Servers on this machine for tests: with a certificate that only its own file makes trusted, and behind a proxy. */
import {Buffer} from 'node:buffer';
import {execFile} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {createServer, request as httpRequest, type Server} from 'node:http';
import {connect, type AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import type {ExecutionContext} from 'ava';

/** Starts a server on a free port; it is gone after the test. @returns the port */
export async function listenLocally(t: ExecutionContext<any>, server: Server): Promise<number> {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
	});
	return (server.address() as AddressInfo).port;
}

/** A certificate for localhost that only its own file makes trusted. */
export async function makeCertificate(t: ExecutionContext<any>): Promise<{key: Buffer; cert: Buffer; file: string}> {
	const folder = await mkdtemp(path.join(tmpdir(), 'tls-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const file = path.join(folder, 'cert.pem');
	await promisify(execFile)('openssl', [
		'req',
		'-x509',
		'-newkey',
		'ec',
		'-pkeyopt',
		'ec_paramgen_curve:prime256v1',
		'-nodes',
		'-days',
		'2',
		'-subj',
		'/CN=localhost',
		'-addext',
		'subjectAltName=DNS:localhost,IP:127.0.0.1',
		'-keyout',
		path.join(folder, 'key.pem'),
		'-out',
		file,
	]);
	return {key: await readFile(path.join(folder, 'key.pem')), cert: await readFile(file), file};
}

/**
A proxy for both kinds of requests, that notes what it is asked for.

@param account `user:password` that it asks for before it makes a tunnel.
*/
export async function startProxy(t: ExecutionContext<any>, account?: string): Promise<{port: number; seen: string[]; authorizations: Array<string | undefined>}> {
	const seen: string[] = [];
	const authorizations: Array<string | undefined> = [];
	const proxy = createServer((request, response) => {
		seen.push(`${request.method!} ${request.url!}`);
		authorizations.push(request.headers['proxy-authorization']);
		const {'proxy-authorization': _own, ...headers} = request.headers;
		request.pipe(httpRequest(request.url!, {headers}, answer => {
			response.writeHead(answer.statusCode!, answer.headers);
			answer.pipe(response);
		}));
	});
	proxy.on('connect', (request, socket, head) => {
		seen.push(`CONNECT ${request.url!}`);
		authorizations.push(request.headers['proxy-authorization']);
		if (account !== undefined && request.headers['proxy-authorization'] !== `Basic ${Buffer.from(account).toString('base64')}`) {
			socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
			return;
		}

		const [, port] = request.url!.split(':');
		const upstream = connect(Number(port), '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 OK\r\n\r\n');
			upstream.write(head);
			upstream.pipe(socket).pipe(upstream);
		});
		upstream.on('error', () => socket.destroy());
		socket.on('error', () => upstream.destroy());
	});
	return {port: await listenLocally(t, proxy), seen, authorizations};
}
