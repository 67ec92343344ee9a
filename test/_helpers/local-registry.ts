/** Debian's docker-registry on a free port of this machine, and one whose line breaks. */
import {spawn} from 'node:child_process';
import {createServer as createHttpServer, request as sendRequest} from 'node:http';
import {connect, createServer, type AddressInfo} from 'node:net';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {runChecked} from '../../src/system/index.js';
import {run, until, writeFiles} from './engines.js';

export type RegistryChoices = {
	/** Whether it wants the user `builder` with the password `secret`. */
	readonly withPassword?: boolean;
	/** Where it listens: this machine alone by default. */
	readonly address?: string;
	/** What it speaks TLS with. */
	readonly certificate?: Certificate;
};

/** Starts docker-registry, and ends it after the test. @returns its host and port. */
export async function startRegistry(t: Pick<ExecutionContext, 'teardown'>, folder: string, {withPassword = false, address = '127.0.0.1', certificate}: RegistryChoices = {}): Promise<string> {
	const port = await findFreePort();
	const auth = withPassword ? `auth: {htpasswd: {realm: test, path: ${folder}/htpasswd}}\n` : '';
	const tls = certificate === undefined ? '' : `, tls: {certificate: ${certificate.certificate}, key: ${certificate.key}}`;
	await writeFiles(folder, {
		// Bcrypt.
		htpasswd: 'builder:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n',
		'registry.yml': `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${folder}/registry}}\nhttp: {addr: "${address}:${port}"${tls}}\n${auth}`,
	});
	const registry = spawn('docker-registry', ['serve', path.join(folder, 'registry.yml')], {stdio: 'ignore'});
	t.teardown(async () => new Promise<void>(resolve => {
		registry.once('exit', () => {
			resolve();
		});
		registry.kill('SIGKILL');
	}));
	await until(async () => new Promise(resolve => {
		const knock = connect(port, address, () => {
			knock.end();
			resolve(true);
		}).once('error', () => {
			resolve(false);
		});
	}));
	return `${address}:${port}`;
}

/** Files in PEM. */
export type Certificate = {readonly authority: string; readonly certificate: string; readonly key: string};

/** A certificate for an address of this machine, signed by an authority that nobody knows. */
export async function createCertificate(folder: string, address: string): Promise<Certificate> {
	const file = (name: string): string => path.join(folder, name);
	const openssl = async (...argv: readonly string[]): Promise<void> => {
		await runChecked(run, {argv: ['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...argv]});
	};

	await openssl('-subj', '/CN=site', '-keyout', file('authority.key'), '-out', file('authority.pem'));
	await openssl('-CA', file('authority.pem'), '-CAkey', file('authority.key'), '-subj', '/CN=registry', '-addext', `subjectAltName=IP:${address}`, '-addext', 'basicConstraints=CA:FALSE', '-keyout', file('registry.key'), '-out', file('registry.pem'));
	return {authority: file('authority.pem'), certificate: file('registry.pem'), key: file('registry.key')};
}

/**
A way to a registry that is gone for good as soon as a request comes that matches: `PUT /v2/a/manifests/1`.

@returns its host and port, which stand for the registry.
*/
export async function startBreakingWay(t: Pick<ExecutionContext, 'teardown'>, registry: string, breaksAt: RegExp): Promise<string> {
	const server = createHttpServer((request, response) => {
		if (breaksAt.test(`${request.method} ${request.url}`)) {
			server.close();
			server.closeAllConnections();
			return;
		}

		// With the host that was asked for: the registry makes its addresses of it.
		const forwarded = sendRequest(`http://${registry}${request.url}`, {method: request.method, headers: request.headers}, answer => {
			response.writeHead(answer.statusCode!, answer.headers);
			answer.pipe(response);
		});
		forwarded.once('error', () => {
			response.destroy();
		});
		request.pipe(forwarded);
	});
	await new Promise<void>(resolve => {
		server.listen(0, '127.0.0.1', resolve);
	});
	t.teardown(() => {
		server.close();
		server.closeAllConnections();
	});
	return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The digest that a registry has for a reference; undefined when it does not have it. */
export async function digestInRegistry(reference: string): Promise<string | undefined> {
	const {host, name, tag} = /^(?<host>[^\/]+)\/(?<name>.+):(?<tag>[^:]+)$/v.exec(reference)!.groups!;
	const answer = await fetch(`http://${host}/v2/${name}/manifests/${tag}`, {
		method: 'HEAD', headers: {accept: 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json'},
	});
	return answer.ok ? answer.headers.get('docker-content-digest') ?? undefined : undefined;
}

const findFreePort = async (): Promise<number> => new Promise(resolve => {
	const server = createServer().listen(0, '127.0.0.1', () => {
		const {port} = server.address() as AddressInfo;
		server.close(() => {
			resolve(port);
		});
	});
});
