import {Buffer} from 'node:buffer';
import {execFile} from 'node:child_process';
import {once} from 'node:events';
import {
	mkdtemp, readFile, rm, writeFile,
} from 'node:fs/promises';
import {createServer, request as httpRequest, type Server} from 'node:http';
import {createServer as createTlsServer} from 'node:https';
import {connect, type AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {BuildError} from '../../src/errors.js';
import {
	createHttp, createRetryPolicy, httpFailure, systemClock, type HttpOptions,
} from '../../src/system/index.js';
import {needs} from '../_helpers/needs.js';

const options: HttpOptions = {userAgent: 'stx-build-test', clock: systemClock, retry: createRetryPolicy({limit: 0, random: () => 0})};

async function listen(t: ExecutionContext<any>, server: Server): Promise<number> {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
	});
	return (server.address() as AddressInfo).port;
}

/** A certificate for localhost that only its own file makes trusted. */
async function makeCertificate(t: ExecutionContext<any>): Promise<{key: Buffer; cert: Buffer; file: string}> {
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

/** A proxy for both kinds of requests, that notes what it is asked for. */
async function startProxy(t: ExecutionContext<any>): Promise<{port: number; seen: string[]; authorizations: Array<string | undefined>}> {
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
		const [, port] = request.url!.split(':');
		const upstream = connect(Number(port), '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 OK\r\n\r\n');
			upstream.write(head);
			upstream.pipe(socket).pipe(upstream);
		});
		upstream.on('error', () => socket.destroy());
		socket.on('error', () => upstream.destroy());
	});
	return {port: await listen(t, proxy), seen, authorizations};
}

test('requests go through the proxy, with its credentials, but not to hosts that are exempt', async t => {
	const origin = createServer((request, response) => {
		response.end(`${request.url!} ${request.headers['user-agent']!} ${String(request.headers['proxy-authorization'])}`);
	});
	const port = await listen(t, origin);
	const proxy = await startProxy(t);
	const httpProxy = `http://user:pass@127.0.0.1:${proxy.port}`;
	const url = `http://127.0.0.1:${port}/a`;
	t.is(await createHttp({...options, httpProxy})(url).text(), '/a stx-build-test undefined');
	t.deepEqual(proxy.seen, [`GET ${url}`]);
	t.deepEqual(proxy.authorizations, [`Basic ${Buffer.from('user:pass').toString('base64')}`]);
	await createHttp({...options, httpProxy, noProxy: '127.0.0.0/8'})(url);
	await createHttp({...options, httpsProxy: httpProxy})(url);
	t.is(proxy.seen.length, 1);
});

test('https goes through a tunnel, and the CA bundle decides whom to trust', async t => {
	if (!needs(t, 'openssl')) {
		return;
	}

	const certificate = await makeCertificate(t);
	const origin = createTlsServer(certificate, (_request, response) => {
		response.end('secure');
	});
	const port = await listen(t, origin);
	const proxy = await startProxy(t);
	const url = `https://localhost:${port}/`;
	const trusting = {...options, caBundle: certificate.file};
	t.is(await createHttp(trusting)(url).text(), 'secure');
	t.is(await createHttp({...trusting, httpsProxy: `127.0.0.1:${proxy.port}`})(url).text(), 'secure');
	t.deepEqual(proxy.seen, [`CONNECT localhost:${port}`]);

	for (const more of [{}, {httpsProxy: `http://127.0.0.1:${proxy.port}`}]) {
		const error = await t.throwsAsync(createHttp({...options, ...more})(url));
		const failure = httpFailure(error, url) as BuildError;
		t.is(failure.code, 'STX0908');
		t.regex(failure.message, /certificate of `localhost:\d+` is not trusted/);
		t.regex(failure.hint!, /SSL_CERT_FILE/);
	}
});

test('a redirect from https to http is refused', async t => {
	if (!needs(t, 'openssl')) {
		return;
	}

	const certificate = await makeCertificate(t);
	const plain = createServer((_request, response) => {
		t.fail();
		response.end();
	});
	const target = `http://user:secret@127.0.0.1:${await listen(t, plain)}/`;
	const port = await listen(t, createTlsServer(certificate, (_request, response) => {
		response.writeHead(302, {location: target}).end();
	}));
	const url = `https://user:secret@localhost:${port}/`;
	const error = await t.throwsAsync(createHttp({...options, caBundle: certificate.file})(url));
	const failure = httpFailure(error, url) as BuildError;
	t.true(failure instanceof BuildError);
	t.regex(failure.message, /from https to http/);
	t.false(JSON.stringify([failure.message, failure.at]).includes('secret'));
});

test('a CA bundle that cannot be read is an error at once', async t => {
	t.throws(() => createHttp({...options, caBundle: '/nowhere/ca.pem'}), {instanceOf: BuildError, code: 'STX0903', message: /`\/nowhere\/ca\.pem`/});
	const folder = await mkdtemp(path.join(tmpdir(), 'tls-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	await writeFile(path.join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n');
	t.throws(() => createHttp({...options, caBundle: path.join(folder, 'ca.pem')}), {code: 'STX0903'});
});

test('a proxy that is not there', async t => {
	const url = 'http://127.0.0.1:9/';
	const error = await t.throwsAsync(createHttp({...options, httpProxy: 'http://user:secret@127.0.0.1:1'})(url));
	const failure = httpFailure(error, url) as BuildError;
	t.is(failure.code, 'STX0908');
	t.false(failure.message.includes('secret'));
});
