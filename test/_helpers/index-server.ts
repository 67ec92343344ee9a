/**
A package index on a port of its own, that can be told to misbehave: once, for the next request of a path (`next`), or
always, by its options.
*/
import {Buffer} from 'node:buffer';
import {
	createServer, type IncomingMessage, type RequestListener, type ServerResponse,
} from 'node:http';
import type {AddressInfo} from 'node:net';
import {sha256Of} from './archives.js';

export type ServedFile = {
	readonly filename: string;
	readonly content: Uint8Array;
	/** What the page says; the truth unless given. */
	readonly sha256?: string | false;
	readonly size?: number;
	readonly requiresPython?: string;
	readonly yanked?: string | true;
	/** Offered beside the file as PEP 658 has it. */
	readonly metadata?: string;
	/** What the page says of it; the truth unless given. */
	readonly metadataSha256?: string | false;
};

export type IndexOptions = {
	readonly projects: Readonly<Record<string, readonly ServedFile[]>>;
	readonly format?: 'json' | 'html';
	/** In place of the right one. */
	readonly contentType?: string;
	/** Headers of pages. */
	readonly pageHeaders?: Readonly<Record<string, string>>;
	/** Whether parts of files can be had; default true. */
	readonly ranges?: boolean;
	/** Whether files have an ETag; default true. */
	readonly etags?: boolean;
	/** In place of the page that is made from the files. */
	readonly page?: string;
};

type Misbehaviour = (request: IncomingMessage, response: ServerResponse, ordinary: () => void) => void;

export type SeenRequest = {readonly path: string; readonly headers: IncomingMessage['headers']; readonly status: () => number};

export type IndexServer = {
	/** Without a slash at the end: `http://127.0.0.1:4711/simple`. */
	readonly index: string;
	readonly origin: string;
	readonly requests: readonly SeenRequest[];
	/** The requests for files, by the end of their path. */
	requestsFor(end: string): readonly SeenRequest[];
	/** What the next requests for a path that ends so get, one after the other. */
	next(end: string, ...misbehaviours: readonly Misbehaviour[]): void;
	fileUrl(filename: string): string;
	close(): Promise<void>;
};

export async function startIndexServer(options: IndexOptions): Promise<IndexServer> {
	const requests: SeenRequest[] = [];
	const queued: Array<{readonly end: string; readonly misbehave: Misbehaviour}> = [];
	const files = new Map(Object.values(options.projects).flat().map(file => [file.filename, file]));

	const answer: RequestListener = (request, response) => {
		const path = new URL(request.url ?? '/', 'http://localhost').pathname;
		const [, folder, name = ''] = path.split('/');
		if (folder === 'simple') {
			sendPage(response, request, decodeURIComponent(name), options);
			return;
		}

		const filename = decodeURIComponent(path.split('/').at(-1)!);
		const owner = files.get(filename.replace(/\.metadata$/, ''));
		if (owner === undefined || (filename.endsWith('.metadata') && owner.metadata === undefined)) {
			response.writeHead(404).end();
			return;
		}

		sendFile(response, request, filename.endsWith('.metadata') ? Buffer.from(owner.metadata!) : owner.content, options);
	};

	const server = createServer((request, response) => {
		const {pathname: path} = new URL(request.url ?? '/', 'http://localhost');
		requests.push({path, headers: request.headers, status: () => response.statusCode});
		const found = queued.findIndex(({end}) => path.endsWith(end));
		const ordinary = () => {
			answer(request, response);
		};

		if (found === -1) {
			ordinary();
		} else {
			const [{misbehave}] = queued.splice(found, 1) as [typeof queued[number]];
			misbehave(request, response, ordinary);
		}
	});
	await new Promise<void>(resolve => {
		server.listen(0, '127.0.0.1', resolve);
	});
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		index: `${origin}/simple`,
		origin,
		requests,
		requestsFor: end => requests.filter(({path}) => path.endsWith(end)),
		next(end, ...misbehaviours) {
			queued.push(...misbehaviours.map(misbehave => ({end, misbehave})));
		},
		fileUrl: filename => `${origin}/files/${encodeURIComponent(filename)}`,
		async close() {
			server.closeAllConnections();
			await new Promise(resolve => {
				server.close(resolve);
			});
		},
	};
}

function sendPage(response: ServerResponse, request: IncomingMessage, name: string, options: IndexOptions): void {
	const files = options.projects[name];
	if (files === undefined) {
		response.writeHead(404).end('no such project');
		return;
	}

	const {format = 'json', pageHeaders = {}} = options;
	if (pageHeaders.etag !== undefined && request.headers['if-none-match'] === pageHeaders.etag) {
		response.writeHead(304, pageHeaders).end();
		return;
	}

	response.writeHead(200, {'content-type': options.contentType ?? (format === 'json' ? 'application/vnd.pypi.simple.v1+json' : 'text/html; charset=utf-8'), ...pageHeaders});
	response.end(options.page ?? (format === 'json' ? jsonPage(name, files) : htmlPage(name, files)));
}

const statedSha256 = (file: ServedFile) => file.sha256 ?? sha256Of(file.content);
const statedMetadata = (metadata: string, {metadataSha256 = sha256Of(metadata)}: ServedFile) => metadataSha256 === false ? undefined : {sha256: metadataSha256};

function jsonPage(name: string, files: readonly ServedFile[]): string {
	return JSON.stringify({
		meta: {'api-version': '1.1'},
		name,
		versions: [],
		files: files.map(file => ({
			filename: file.filename,
			url: `../../files/${encodeURIComponent(file.filename)}`,
			hashes: statedSha256(file) === false ? {} : {sha256: statedSha256(file)},
			size: file.size ?? file.content.length,
			...(file.requiresPython !== undefined && {'requires-python': file.requiresPython}),
			...(file.yanked !== undefined && {yanked: file.yanked}),
			...(file.metadata !== undefined && {'core-metadata': statedMetadata(file.metadata, file) ?? true}),
		})),
	});
}

const escapeHtml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function htmlPage(name: string, files: readonly ServedFile[]): string {
	const links = files.map(file => {
		const sha256 = statedSha256(file);
		const attributes = [
			`href="../../files/${encodeURIComponent(file.filename)}${sha256 === false ? '' : `#sha256=${sha256}`}"`,
			...(file.requiresPython === undefined ? [] : [`data-requires-python="${escapeHtml(file.requiresPython)}"`]),
			...(file.yanked === undefined ? [] : [`data-yanked="${file.yanked === true ? '' : escapeHtml(file.yanked)}"`]),
			...(file.metadata === undefined ? [] : [`data-core-metadata="${file.metadataSha256 === false ? 'true' : `sha256=${statedMetadata(file.metadata, file)!.sha256}`}"`]),
		];
		return `<a ${attributes.join(' ')}>${escapeHtml(file.filename)}</a><br/>`;
	});
	return `<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.0"><title>${name}</title></head><body>\n${links.join('\n')}\n</body></html>`;
}

function sendFile(response: ServerResponse, request: IncomingMessage, content: Uint8Array, {ranges = true, etags = true}: IndexOptions): void {
	const etag = `"${sha256Of(content).slice(0, 16)}"`;
	const headers = {'content-type': 'application/octet-stream', ...(ranges && {'accept-ranges': 'bytes'}), ...(etags && {etag})};
	const range = /^bytes=(?<start>\d*)-(?<end>\d*)$/.exec(request.headers.range ?? '')?.groups;
	const condition = request.headers['if-range'];
	if (!ranges || range === undefined || (condition !== undefined && condition !== etag)) {
		response.writeHead(200, {...headers, 'content-length': content.length}).end(content);
		return;
	}

	const start = range.start === '' ? Math.max(0, content.length - Number(range.end)) : Number(range.start);
	const end = range.start === '' || range.end === '' ? content.length : Math.min(content.length, Number(range.end) + 1);
	if (start >= content.length) {
		response.writeHead(416, {'content-range': `bytes */${content.length}`}).end();
		return;
	}

	response.writeHead(206, {...headers, 'content-length': end - start, 'content-range': `bytes ${start}-${end - 1}/${content.length}`}).end(content.subarray(start, end));
}

/** Answers with a status and nothing else. */
export const withStatus = (status: number, headers: Record<string, string> = {}): Misbehaviour => (_request, response) => {
	response.writeHead(status, headers).end(`status ${status}`);
};

/** Never answers. */
export const hanging: Misbehaviour = () => undefined;

/** Sends some bytes and then nothing more. */
export const stallingAfter = (content: Uint8Array, bytes: number): Misbehaviour => (_request, response) => {
	response.writeHead(200, {'content-length': content.length, etag: `"${sha256Of(content).slice(0, 16)}"`});
	response.write(content.subarray(0, bytes));
};

/** Sends some bytes of the file, from where it is asked to, and closes the connection. */
export const breakingOffAfter = (content: Uint8Array, bytes: number, etag = `"${sha256Of(content).slice(0, 16)}"`): Misbehaviour => (request, response) => {
	const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
	response.writeHead(start > 0 ? 206 : 200, {
		'content-length': content.length - start,
		etag,
		...(start > 0 && {'content-range': `bytes ${start}-${content.length - 1}/${content.length}`}),
	});
	response.write(content.subarray(start, start + bytes), () => {
		setTimeout(() => {
			response.destroy();
		}, 60);
	});
};

/** Sends the end of something else, of which it is asked for the end. */
export const sendingEndOf = (content: Uint8Array): Misbehaviour => (request, response) => {
	const start = Math.max(0, content.length - Number(/^bytes=-(\d+)$/.exec(request.headers.range ?? '')?.[1] ?? 0));
	response.writeHead(206, {'content-range': `bytes ${start}-${content.length - 1}/${content.length}`}).end(content.subarray(start));
};

/** Sends other bytes with status 200. */
export const sendingInstead = (content: Uint8Array): Misbehaviour => (_request, response) => {
	response.writeHead(200, {'content-length': content.length}).end(content);
};

export const redirectingTo = (url: string, status = 302): Misbehaviour => (_request, response) => {
	response.writeHead(status, {location: url}).end();
};
