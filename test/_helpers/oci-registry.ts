/**
A registry on a port of its own, as the OCI distribution specification has it, with everything in memory. It can ask for
a password, by Basic or by a token, and be told to misbehave.
*/
import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {
	createServer, type IncomingMessage, type Server, type ServerResponse,
} from 'node:http';
import type {AddressInfo} from 'node:net';
import {buffer} from 'node:stream/consumers';
import type {ExecutionContext} from 'ava';

export type OciRegistryOptions = {
	/** What must be shown: nothing, a password, or a token that a password gives. The user is `builder`, the password `secret`. */
	readonly auth?: 'basic' | 'bearer';
	/** Whether a blob may be mounted from another repository; it is by default. */
	readonly mounts?: boolean;
	/** Tags in an answer; all by default. */
	readonly page?: number;
	/** Whether answers have Docker-Content-Digest; they do by default. */
	readonly digests?: boolean;
};

export type Misbehaviour = (request: IncomingMessage, response: ServerResponse, ordinary: () => void) => void;

export type OciRegistry = {
	/** As in references: `127.0.0.1:4711`. */
	readonly host: string;
	/** `PUT /v2/a/manifests/1`, in the order they came; without tokens. */
	readonly requests: string[];
	/** Bytes by repository and digest. */
	readonly blobs: Map<string, Buffer>;
	/** By repository and digest, and by repository and tag. */
	readonly manifests: Map<string, {readonly mediaType: string; readonly bytes: Buffer}>;
	/** What the next requests that match get, one after the other. */
	next(matches: RegExp, ...misbehaviours: readonly Misbehaviour[]): void;
	/** Puts an image of layers under a tag. @returns the digests of its manifest and config. */
	addImage(repository: string, tag: string, image?: {readonly layers?: readonly string[]; readonly labels?: Readonly<Record<string, string>>}): {readonly digest: string; readonly config: string};
	/** Puts an index of images that are there under a tag. @returns its digest. */
	addIndex(repository: string, tag: string, digests: readonly string[]): string;
	digestOf(repository: string, tag: string): string | undefined;
};

type Asked = {readonly request: IncomingMessage; readonly response: ServerResponse; readonly name: string; readonly body: Buffer};

export const sha256 = (bytes: string | Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const ociIndex = 'application/vnd.oci.image.index.v1+json';
const basic = `Basic ${Buffer.from('builder:secret').toString('base64')}`;

/** Starts a registry, and ends it after the test. */
export async function startOciRegistry(t: Pick<ExecutionContext, 'teardown'>, options: OciRegistryOptions = {}): Promise<OciRegistry> {
	const requests: string[] = [];
	const blobs: OciRegistry['blobs'] = new Map();
	const manifests: OciRegistry['manifests'] = new Map();
	const queued: Array<{readonly matches: RegExp; readonly misbehave: Misbehaviour}> = [];
	let uploads = 0;
	let host = '';

	const fail = (response: ServerResponse, status: number, [code, message]: readonly [string, string], headers: Record<string, string> = {}): void => {
		response.writeHead(status, {'content-type': 'application/json', ...headers}).end(JSON.stringify({errors: [{code, message}]}));
	};

	const server: Server = createServer((request, response) => {
		const url = new URL(request.url!, `http://${host}`);
		if (url.pathname !== '/token') {
			requests.push(`${request.method} ${request.url!}`);
		}

		const ordinary = (): void => {
			void answer(request, response, url);
		};

		const index = queued.findIndex(({matches}) => matches.test(`${request.method} ${request.url}`));
		if (index === -1) {
			ordinary();
		} else {
			queued.splice(index, 1)[0]!.misbehave(request, response, ordinary);
		}
	});

	/** Whether a request may be answered; it has its answer when not. */
	function letIn(request: IncomingMessage, response: ServerResponse, name: string): boolean {
		const {authorization = ''} = request.headers;
		const rights = request.method === 'GET' || request.method === 'HEAD' ? 'pull' : 'pull,push';
		if (options.auth === 'basic' && authorization !== basic) {
			fail(response, 401, ['UNAUTHORIZED', 'authentication required'], {'www-authenticate': 'Basic realm="Registry, of a test"'});
			return false;
		}

		const granted = Buffer.from(authorization.replace('Bearer ', ''), 'base64').toString().split(' ');
		if (options.auth === 'bearer' && !granted.some(scope => scope.startsWith(`repository:${name}:`) && (rights === 'pull' || scope.endsWith('push')))) {
			fail(response, 401, ['UNAUTHORIZED', 'authentication required'], {'www-authenticate': `Bearer realm="http://${host}/token",service="test registry",scope="repository:${name}:${rights}"`});
			return false;
		}

		return true;
	}

	async function answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
		if (url.pathname === '/token') {
			const isKnown = request.headers.authorization === basic;
			response.writeHead(isKnown ? 200 : 401, {'content-type': 'application/json'}).end(isKnown ? JSON.stringify({token: Buffer.from(url.searchParams.getAll('scope').join(' ')).toString('base64')}) : '{}');
			return;
		}

		if (url.pathname === '/v2/') {
			response.writeHead(200).end('{}');
			return;
		}

		const {name, kind, rest} = /^\/v2\/(?<name>.+)\/(?<kind>manifests|blobs\/uploads|blobs|tags)\/(?<rest>[^\/]*)$/v.exec(url.pathname)?.groups as {name: string; kind: string; rest: string};
		if (!letIn(request, response, name)) {
			request.resume();
			return;
		}

		const body = await buffer(request);
		const answers: Record<string, () => void> = {
			manifests() {
				answerManifest({
					request, response, name, reference: rest, body,
				});
			},
			blobs() {
				const found = blobs.get(`${name} ${rest}`);
				if (found) {
					response.writeHead(200, {'content-length': String(found.length), 'docker-content-digest': rest}).end(request.method === 'HEAD' ? undefined : found);
				} else {
					fail(response, 404, ['BLOB_UNKNOWN', 'blob unknown to registry']);
				}
			},
			'blobs/uploads'() {
				answerUpload({
					request, response, name, url, body,
				});
			},
			tags() {
				const all = [...manifests.keys()].filter(key => key.startsWith(`${name} `) && !key.includes(' sha256:')).map(key => key.split(' ')[1]!).toSorted();
				const last = url.searchParams.get('last') ?? '';
				const page = all.filter(tag => tag > last).slice(0, options.page ?? all.length);
				const isEnd = page.at(-1) === all.at(-1);
				const link = `</v2/${name}/tags/list?last=${page.at(-1) ?? ''}&n=${page.length}>; rel="next"`;
				response.writeHead(200, {'content-type': 'application/json', ...(!isEnd && {link})}).end(JSON.stringify({name, tags: page}));
			},
		};
		answers[kind]!();
	}

	function answerManifest({request, response, name, reference, body}: Asked & {readonly reference: string}): void {
		if (request.method === 'PUT') {
			const mediaType = request.headers['content-type']!;
			const document = JSON.parse(body.toString()) as {config?: {digest: string}; layers?: Array<{digest: string}>; manifests?: Array<{digest: string}>};
			const missing = [document.config, ...document.layers ?? []].some(item => item && !blobs.has(`${name} ${item.digest}`)) || document.manifests?.some(item => !manifests.has(`${name} ${item.digest}`));
			if (missing) {
				fail(response, 400, ['MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry']);
				return;
			}

			put(name, reference, {mediaType, bytes: body});
			response.writeHead(201, {location: `/v2/${name}/manifests/${reference}`, 'docker-content-digest': sha256(body)}).end();
			return;
		}

		const found = manifests.get(`${name} ${reference}`);
		if (found) {
			response.writeHead(200, {'content-type': found.mediaType, 'content-length': String(found.bytes.length), ...(options.digests !== false && {'docker-content-digest': sha256(found.bytes)})}).end(request.method === 'HEAD' ? undefined : found.bytes);
		} else {
			fail(response, 404, ['MANIFEST_UNKNOWN', 'manifest unknown']);
		}
	}

	function answerUpload({request, response, name, url, body}: Asked & {readonly url: URL}): void {
		if (request.method === 'POST') {
			const [mount, from] = [url.searchParams.get('mount'), url.searchParams.get('from')];
			const mounted = mount === null || options.mounts === false ? undefined : blobs.get(`${from!} ${mount}`);
			if (mounted) {
				blobs.set(`${name} ${mount!}`, mounted);
				response.writeHead(201, {location: `/v2/${name}/blobs/${mount!}`, 'docker-content-digest': mount!}).end();
			} else {
				uploads += 1;
				response.writeHead(202, {location: `/v2/${name}/blobs/uploads/${uploads}?_state=s3cret`}).end();
			}

			return;
		}

		const digest = url.searchParams.get('digest');
		if (url.searchParams.get('_state') !== 's3cret' || digest !== sha256(body)) {
			fail(response, 400, ['DIGEST_INVALID', 'provided digest did not match uploaded content']);
			return;
		}

		blobs.set(`${name} ${digest}`, body);
		response.writeHead(201, {location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest}).end();
	}

	function put(name: string, reference: string, manifest: {readonly mediaType: string; readonly bytes: Buffer}): string {
		const digest = sha256(manifest.bytes);
		manifests.set(`${name} ${digest}`, manifest);
		manifests.set(`${name} ${reference}`, manifest);
		return digest;
	}

	await new Promise<void>(resolve => {
		server.listen(0, '127.0.0.1', resolve);
	});
	host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	t.teardown(() => {
		server.close();
		server.closeAllConnections();
	});
	return {
		host,
		requests,
		blobs,
		manifests,
		next(matches, ...misbehaviours) {
			queued.push(...misbehaviours.map(misbehave => ({matches, misbehave})));
		},
		addImage(repository, tag, {layers = ['layer'], labels = {}} = {}) {
			const add = (text: string) => {
				const bytes = Buffer.from(text);
				blobs.set(`${repository} ${sha256(bytes)}`, bytes);
				return {digest: sha256(bytes), size: bytes.length};
			};

			const config = add(JSON.stringify({
				architecture: 'amd64', os: 'linux', config: {Labels: labels}, rootfs: {type: 'layers', diff_ids: layers.map(layer => sha256(layer))},
			}));
			const bytes = Buffer.from(JSON.stringify({
				schemaVersion: 2, mediaType: ociManifest, config: {mediaType: 'application/vnd.oci.image.config.v1+json', ...config}, layers: layers.map(layer => ({mediaType: 'application/vnd.oci.image.layer.v1.tar', ...add(layer)})),
			}));
			return {digest: put(repository, tag, {mediaType: ociManifest, bytes}), config: config.digest};
		},
		addIndex(repository, tag, digests) {
			const bytes = Buffer.from(JSON.stringify({schemaVersion: 2, mediaType: ociIndex, manifests: digests.map(digest => ({mediaType: ociManifest, digest, size: manifests.get(`${repository} ${digest}`)!.bytes.length}))}));
			return put(repository, tag, {mediaType: ociIndex, bytes});
		},
		digestOf(repository, tag) {
			const found = manifests.get(`${repository} ${tag}`);
			return found && sha256(found.bytes);
		},
	};
}

/** Answers with a status, once. */
export const answerWith = (status: number, headers: Record<string, string> = {}): Misbehaviour => (request, response) => {
	request.resume();
	response.writeHead(status, headers).end();
};

/** Breaks the line off. */
export const breakOff: Misbehaviour = request => {
	request.socket.destroy();
};
