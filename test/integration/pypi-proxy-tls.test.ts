import {Buffer} from 'node:buffer';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {createServer as createTlsServer} from 'node:https';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {BuildError} from '../../src/errors.js';
import {
	createHttp, createRetryPolicy, httpFailure, systemClock, type HttpClient, type HttpOptions,
} from '../../src/system/index.js';
import {listenLocally as listen, makeCertificate, startProxy} from '../_helpers/local-network.js';
import {needs} from '../_helpers/needs.js';

const request = async (http: HttpClient, url: string) => {
	const client = await http();
	return client(url);
};

const options: HttpOptions = {userAgent: 'stx-build-test', clock: systemClock, retry: createRetryPolicy({limit: 0, random: () => 0})};

test('requests go through the proxy, with its credentials, but not to hosts that are exempt', async t => {
	const origin = createServer((request, response) => {
		response.end(`${request.url!} ${request.headers['user-agent']!} ${String(request.headers['proxy-authorization'])}`);
	});
	const port = await listen(t, origin);
	const proxy = await startProxy(t);
	const httpProxy = `http://user:pass@127.0.0.1:${proxy.port}`;
	const url = `http://127.0.0.1:${port}/a`;
	t.is((await request(createHttp({...options, httpProxy}), url)).body, '/a stx-build-test undefined');
	t.deepEqual(proxy.seen, [`GET ${url}`]);
	t.deepEqual(proxy.authorizations, [`Basic ${Buffer.from('user:pass').toString('base64')}`]);
	await request(createHttp({...options, httpProxy, noProxy: '127.0.0.0/8'}), url);
	await request(createHttp({...options, httpsProxy: httpProxy}), url);
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
	t.is((await request(createHttp(trusting), url)).body, 'secure');
	t.is((await request(createHttp({...trusting, httpsProxy: `127.0.0.1:${proxy.port}`}), url)).body, 'secure');
	t.deepEqual(proxy.seen, [`CONNECT localhost:${port}`]);

	for (const more of [{}, {httpsProxy: `http://127.0.0.1:${proxy.port}`}]) {
		const error = await t.throwsAsync(request(createHttp({...options, ...more}), url));
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
	const error = await t.throwsAsync(request(createHttp({...options, caBundle: certificate.file}), url));
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
	const error = await t.throwsAsync(request(createHttp({...options, httpProxy: 'http://user:secret@127.0.0.1:1'}), url));
	const failure = httpFailure(error, url) as BuildError;
	t.is(failure.code, 'STX0908');
	t.false(failure.message.includes('secret'));
});
