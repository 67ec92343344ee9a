/** An HTTP server: it takes questions and sends answers, and knows nothing of what they are about. */
import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {BuildError} from '../errors.js';

export type HttpRequest = {
	readonly method: string;
	/** As it was sent: path and query, with its escapes. */
	readonly target: string;
	/** By their names in lower case. */
	readonly headers: Readonly<Record<string, string | undefined>>;
	/** Address of the client. */
	readonly client: string;
};

export type HttpAnswer = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	/** A stream is read as fast as the client takes it, and closed in every case. Of an answer to HEAD it is not sent. */
	readonly body?: string | Uint8Array | Readable;
	/** For the log; it is not sent. */
	readonly note?: string;
};

/** What became of a request. `isWhole`: the client has got the whole answer. */
export type HttpOutcome = {readonly status: number; readonly isWhole: boolean; readonly note?: string; readonly error?: unknown};

export type HttpService = {
	/** What it throws is answered with 500. */
	answer(request: HttpRequest): Promise<HttpAnswer>;
	/** Called once for each request, when its answer has been sent or given up. */
	answered(request: HttpRequest, outcome: HttpOutcome): void;
};

export type HttpServer = {
	/** With the port that was chosen, without a slash at the end: `http://127.0.0.1:4711`. */
	readonly url: string;
	/** Takes no more requests, ends what still runs, and gives the port back. */
	close(): Promise<void>;
};

/**
@param port 0 for any that is free.
@param idle milliseconds after which a connection on which nothing moves is given up, two minutes unless given; 0 for never.
@throws BuildError STX0920
*/
export type Listen = (place: {readonly address: string; readonly port: number; readonly idle?: number}, service: HttpService) => Promise<HttpServer>;

/** Milliseconds that answers get to end when the server is closed. */
const graceMilliseconds = 500;

/** Milliseconds. */
const usualIdle = 120_000;

/** Longer than clients keep connections they do not use, so that none is closed under a request. */
const keepAliveMilliseconds = 75_000;

export const listen: Listen = async ({address, port, idle = usualIdle}, service) => {
	const server = createServer({keepAliveTimeout: keepAliveMilliseconds}, (request, response) => {
		void respond(request, response, service);
	});
	server.setTimeout(idle);
	await new Promise<void>((resolve, reject) => {
		server.once('error', error => {
			reject(cannotListen(error, address, port));
		});
		server.listen({host: address, port}, resolve);
	});
	const found = server.address() as AddressInfo;
	return {
		url: `http://${found.family === 'IPv6' ? `[${found.address}]` : found.address}:${found.port}`,
		async close() {
			const closed = new Promise<void>(resolve => {
				server.close(() => {
					resolve();
				});
			});
			server.closeIdleConnections();
			const impatience = setTimeout(() => {
				server.closeAllConnections();
			}, graceMilliseconds);
			await closed;
			clearTimeout(impatience);
		},
	};
};

async function respond(incoming: IncomingMessage, response: ServerResponse, service: HttpService): Promise<void> {
	const request: HttpRequest = {
		method: incoming.method ?? '',
		target: incoming.url ?? '',
		headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value])),
		client: incoming.socket.remoteAddress ?? '',
	};
	const {answer, error} = await askService(request, service);
	const sent = await send(answer, response, request.method === 'HEAD');
	service.answered(request, {
		status: answer.status, isWhole: sent.isWhole, ...(answer.note !== undefined && {note: answer.note}), error: error ?? sent.error,
	});
}

/** Sends an answer. What the client has of one that breaks off it cannot take for the whole: the connection is closed. */
async function send({status, headers, body}: HttpAnswer, response: ServerResponse, isHead: boolean): Promise<{readonly isWhole: boolean; readonly error?: unknown}> {
	try {
		response.writeHead(status, headers);
		if (body instanceof Readable && !isHead) {
			await pipeline(body, response);
			return {isWhole: true};
		}

		// Who has left already does not leave again.
		if (response.closed) {
			return {isWhole: false};
		}

		response.end(isHead ? undefined : body);
		await once(response, 'close');
		return {isWhole: response.writableFinished};
	} catch (error) {
		response.destroy();
		return {isWhole: false, ...(!isGone(error) && {error})};
	} finally {
		if (body instanceof Readable) {
			body.destroy();
		}
	}
}

async function askService(request: HttpRequest, service: HttpService): Promise<{readonly answer: HttpAnswer; readonly error?: unknown}> {
	try {
		return {answer: await service.answer(request)};
	} catch (error) {
		return {answer: {status: 500, headers: {'content-type': 'text/plain; charset=utf-8'}, body: 'internal error\n'}, error};
	}
}

const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'].includes(String(error.code));

function cannotListen(error: NodeJS.ErrnoException, address: string, port: number): BuildError {
	const known: Record<string, readonly [string, string]> = {
		EADDRINUSE: ['it is in use', 'name another port with --port, or none: a free one is then taken'],
		EACCES: ['that is not permitted', 'name a port above 1023 with --port'],
		EADDRNOTAVAIL: ['this machine does not have that address', 'name an address of this machine with --address; 0.0.0.0 stands for all of them'],
		ENOTFOUND: ['there is no such address', 'name an address of this machine with --address; 0.0.0.0 stands for all of them'],
	};
	const [what, hint] = known[error.code ?? ''] ?? [error.message, undefined] as const;
	return new BuildError('STX0920', `cannot listen on port ${port} of \`${address}\`: ${what}`, {cause: error, ...(hint !== undefined && {hint})});
}
