/** `stx-build wheels serve`: the tarball and the index of its wheels, over HTTP, until it is told to end. */
import path from 'node:path';
import {asError, BuildError} from '../../errors.js';
import type {
	HttpAnswer, HttpOutcome, HttpRequest, Listen,
} from '../../system/index.js';
import {answerText, type Answer} from './answer-content.js';
import {answerRequest} from './answer-request.js';
import type {ServedTarball} from './served.js';
import {createTarballSource, type Edition} from './tarball-source.js';

export type ServeRequest = {
	/** The wheels tarball, absolute. */
	readonly file: string;
	readonly address: string;
	/** 0 for any that is free. */
	readonly port: number;
};

export type ServeEffects = {
	readonly listen: Listen;
	/** Ends the server when it is aborted. */
	readonly signal: AbortSignal;
	/** Called when a request has been answered. */
	answered(request: HttpRequest, outcome: HttpOutcome): void;
	/** Called when another tarball has taken the place of the one before. */
	changed(tarball: ServedTarball): void;
};

export type WheelServer = {
	/** With a slash at the end. */
	readonly url: string;
	readonly tarball: ServedTarball;
	/** Resolves when the server has ended: all connections closed, the port free again. */
	readonly ended: Promise<void>;
};

/** Seconds after which a client may ask again while the tarball cannot be read. */
const retryAfter = '2';

/**
Starts the server.

@throws BuildError STX0920 when it cannot listen; STX0903, STX0420 and others when there is no tarball to serve.
*/
export async function serveWheels({file, address, port}: ServeRequest, {listen, signal, answered, changed}: ServeEffects): Promise<WheelServer> {
	const source = createTarballSource(file, changed);
	try {
		const {tarball} = await source.current();
		signal.throwIfAborted();
		const server = await listen({address, port}, {
			async answer(request) {
				let edition: Edition;
				try {
					edition = await source.current();
				} catch (error) {
					return {...toHttp(answerUnready(file)), note: describe(error)};
				}

				return toHttp(answerRequest(request, edition.tarball), edition, request.method);
			},
			answered,
		});
		return {
			url: `${server.url}/`, tarball, ended: endWith(signal, async () => {
				await server.close();
				await source.close();
			}),
		};
	} catch (error) {
		await source.close();
		throw asError(error);
	}
}

/** The tarball is away, or not whole: that passes, so a client may come again. */
const answerUnready = (file: string): Answer => answerText(503, `\`${path.basename(file)}\` cannot be read now`, {'retry-after': retryAfter});

const describe = (error: unknown): string => error instanceof BuildError ? error.message : String(error);

function toHttp({status, headers, body}: Answer, edition?: Edition, method?: string): HttpAnswer {
	if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
		return {status, headers, ...(body !== undefined && {body})};
	}

	return {status, headers, ...(method !== 'HEAD' && edition && {body: edition.read(body.part)})};
}

async function endWith(signal: AbortSignal, end: () => Promise<void>): Promise<void> {
	if (!signal.aborted) {
		await new Promise<void>(resolve => {
			signal.addEventListener('abort', () => {
				resolve();
			}, {once: true});
		});
	}

	await end();
}
