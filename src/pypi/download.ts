/** Downloads a file: verified while it comes, resumed where it broke off, begun again only when it must be. */
import {Buffer} from 'node:buffer';
import {once} from 'node:events';
import {Writable, type Readable} from 'node:stream';
import {finished} from 'node:stream/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import {BuildError} from '../errors.js';
import {
	httpFailure, isWorthRetrying, parseRetryAfter, redactUrl, statusFailure, type Clock, type HttpClient, type PlainResponse, type RetryPolicy,
} from '../system/index.js';
import type {PartialFile} from './partial-file.js';

/** What is known of a file before it is there. */
export type Expected = {
	readonly sha256: string | undefined;
	/** BLAKE2b-256; looked at when there is no SHA-256. */
	readonly blake2: string | undefined;
	readonly size: number | undefined;
};

export type DownloadOptions = {
	readonly http: HttpClient;
	readonly retry: RetryPolicy;
	readonly clock: Clock;
	readonly authorization: string | undefined;
	readonly signal: AbortSignal;
	/** Milliseconds for everything, all attempts together. */
	readonly deadline: number;
	/** Called with the bytes that are there and, if known, those there will be. */
	readonly progress?: (done: number, total: number | undefined) => void;
};

type State = {
	/** For If-Range: a strong ETag or a Last-Modified of the answer the bytes came with. */
	validator?: string | undefined;
	/** Bytes of more than one answer are joined in the file. */
	isJoined: boolean;
};

type Transfer = {readonly url: string; readonly expected: Expected; readonly partial: PartialFile; readonly state: State};

/** How one request ended: the file is whole, the server did not go on where it was asked to, or it sent something else. */
type Ending = 'whole' | 'again' | {readonly status: number; readonly retryAfter: string | undefined};

/**
Downloads into a partial file until it is whole.

@param url without credentials.
@returns the SHA-256 of the file, in hex digits.
@throws BuildError STX0303 when the digest is another, STX0304 when the size is another, STX0908, STX0909 after the last
attempt, STX0003.
*/
export async function download(url: string, expected: Expected, partial: PartialFile, options: DownloadOptions): Promise<string> {
	const {retry, clock} = options;
	const started = clock.monotonic();
	const timeout = AbortSignal.timeout(options.deadline);
	const signal = AbortSignal.any([options.signal, timeout]);
	const state: State = {isJoined: partial.size > 0};
	let fruitless = 0;
	let hasBegunAgain = false;
	for (;;) {
		if (partial.size > 0 && state.validator === undefined && expected.sha256 === undefined && expected.blake2 === undefined) {
			// Nothing would tell whether the rest is of the same file.
			await restart(partial, state);
		}

		const before = partial.size;
		let failure: unknown;
		let retryAfter: string | undefined;
		try {
			const ending = partial.size > 0 && partial.size === expected.size
				? 'whole'
				: await attempt({
					url, expected, partial, state,
				}, {...options, signal});
			if (ending === 'whole') {
				const found = partial.digests();
				if (matches(found, expected)) {
					return found.sha256;
				}

				const wrong = wrongDigest(url, found, expected);
				if (!state.isJoined || hasBegunAgain) {
					throw wrong;
				}

				// Pieces of different files may have been put together: that can be mended, once.
				hasBegunAgain = true;
				await restart(partial, state);
				continue;
			}

			if (ending === 'again') {
				failure = new BuildError('STX0909', 'the server sends other parts of the file than it is asked for', {at: {url: redactUrl(url)}});
			} else {
				failure = statusFailure(ending.status, url, ending.retryAfter);
				retryAfter = ending.retryAfter;
				if (!isWorthRetrying(undefined, ending.status)) {
					throw failure as BuildError;
				}
			}
		} catch (error) {
			if (error instanceof BuildError) {
				throw error;
			}

			if (timeout.aborted && !options.signal.aborted) {
				throw new BuildError('STX0908', `\`${redactUrl(url)}\` was not downloaded within ${Math.round((clock.monotonic() - started) / 1000)} s: ${partial.size} bytes came`, {at: {url: redactUrl(url)}});
			}

			failure = httpFailure(error, url, options.signal);
			if (options.signal.aborted || !isWorthRetrying((error as NodeJS.ErrnoException).code, undefined)) {
				throw failure as Error;
			}
		}

		fruitless = partial.size > before ? 1 : fruitless + 1;
		const wait = fruitless > retry.limit ? undefined : retry.delay(fruitless, parseRetryAfter(retryAfter, clock.now().getTime()));
		if (wait === undefined) {
			throw failure as Error;
		}

		await sleep(wait, undefined, {signal}).catch(() => undefined);
	}
}

/** One request, for what is not there yet. */
async function attempt({url, expected, partial, state}: Transfer, {http, authorization, signal, progress}: DownloadOptions): Promise<Ending> {
	signal.throwIfAborted();
	// It may have waited for long, and may be about to.
	await partial.touch();
	const from = partial.size;
	const client = await http();
	const stream = client.stream(url, {
		headers: {
			// What is verified are the bytes of the file, not those of a transfer coding.
			'accept-encoding': 'identity',
			...(authorization !== undefined && {authorization}),
			...(from > 0 && {range: `bytes=${from}-`}),
			...(from > 0 && state.validator !== undefined && {'if-range': state.validator}),
		},
		decompress: false,
		throwHttpErrors: false,
		retry: {limit: 0},
		signal,
	});
	// What it says after it was destroyed concerns nobody.
	stream.on('error', () => undefined);
	try {
		await once(stream, 'response');
		const response = stream.response!;
		const {kind, total} = judge(response, from);
		if (kind === 'whole') {
			return 'whole';
		}

		if (kind === 'refused') {
			return {status: response.statusCode, retryAfter: response.headers['retry-after']};
		}

		if (kind === 'fresh' || kind === 'again') {
			await restart(partial, state);
		}

		if (kind === 'again') {
			return 'again';
		}

		verifySize(url, total, expected.size);
		state.isJoined ||= partial.size > 0;
		state.validator = strongValidator(response.headers.etag) ?? response.headers['last-modified'];
		const limit = expected.size ?? total;
		await writeAll(stream, async chunk => {
			await partial.append(chunk);
			if (limit !== undefined && partial.size > limit) {
				verifySize(url, partial.size, limit);
			}

			progress?.(partial.size, limit);
		});

		if (total !== undefined && partial.size < total) {
			throw new BrokenOff();
		}
	} finally {
		stream.destroy();
	}

	verifySize(url, partial.size, expected.size);
	return 'whole';
}

/** Bytes that are written at once: TLS gives them in pieces of 16 KiB, and each write takes longer than its bytes do. */
const writeAtOnce = 128 * 1024;

/** Milliseconds after which less is written too: what came is kept when this process is killed, and says that it is alive. */
const writeAfter = 500;

/** Bytes that may have come and not be written yet. */
const writeAhead = 1024 * 1024;

/**
Writes what a stream gives, to the last byte that came: a loop over the stream would lose, when the connection breaks,
what it had not asked for yet.
*/
async function writeAll(stream: Readable, write: (chunk: Uint8Array) => Promise<void>): Promise<void> {
	const sink = new Writable({
		highWaterMark: writeAhead,
		write(bytes: Uint8Array, _encoding, done) {
			(async () => write(bytes))().then(() => {
				done();
			}, done);
		},
	});
	let gathered: Uint8Array[] = [];
	let size = 0;
	let waiting: NodeJS.Timeout | undefined;
	const pass = (): void => {
		clearTimeout(waiting);
		waiting = undefined;
		if (!sink.write(Buffer.concat(gathered))) {
			stream.pause();
		}

		gathered = [];
		size = 0;
	};

	sink.on('drain', () => {
		stream.resume();
	});
	sink.on('error', error => {
		stream.destroy(error);
	});
	stream.on('data', (chunk: Uint8Array) => {
		gathered.push(chunk);
		size += chunk.length;
		waiting ??= setTimeout(pass, writeAfter);
		if (size >= writeAtOnce) {
			pass();
		}
	});
	try {
		await finished(stream, {writable: false});
	} finally {
		if (size > 0) {
			pass();
		}

		sink.end();
		await finished(sink);
	}
}

type Judgement = {
	/**
	whole: nothing is missing. more: what is missing comes. fresh: all of it comes, because the server cannot resume or the
	file is another one by now. again: it cannot be gone on with, begin anew. refused: no part of the file.
	*/
	readonly kind: 'whole' | 'more' | 'fresh' | 'again' | 'refused';
	/** Bytes of the whole file, if the server says. */
	readonly total?: number | undefined;
};

/** What an answer is to a request for everything after the first `from` bytes. */
function judge({statusCode, headers}: Pick<PlainResponse, 'statusCode' | 'headers'>, from: number): Judgement {
	const range = /^bytes (?:(?<start>\d+)-\d+|\*)\/(?<total>\d+|\*)$/.exec(headers['content-range'] ?? '')?.groups;
	switch (statusCode) {
		case 200: {
			return {kind: from > 0 ? 'fresh' : 'more', total: toNumber(headers['content-length'])};
		}

		case 206: {
			return toNumber(range?.start) === from ? {kind: 'more', total: toNumber(range?.total)} : {kind: 'again'};
		}

		case 416: {
			return from === 0 ? {kind: 'refused'} : {kind: toNumber(range?.total) === from ? 'whole' : 'again'};
		}

		default: {
			return {kind: 'refused'};
		}
	}
}

/** The connection ended in order, but the file did not. */
class BrokenOff extends Error {
	override readonly name = 'BrokenOff';

	get code(): string {
		return 'ECONNRESET';
	}
}

async function restart(partial: PartialFile, state: State): Promise<void> {
	await partial.truncate();
	state.validator = undefined;
	state.isJoined = false;
}

function strongValidator(etag: string | undefined): string | undefined {
	return etag === undefined || etag.startsWith('W/') ? undefined : etag;
}

function toNumber(text: string | undefined): number | undefined {
	return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function verifySize(url: string, found: number | undefined, wanted: number | undefined): void {
	if (found !== undefined && wanted !== undefined && found !== wanted) {
		throw new BuildError('STX0304', `the file has ${found} bytes or more, but ${wanted} are stated`, {at: {url: redactUrl(url)}, hint: 'the index or something between it and this machine serves another file: do not use it'});
	}
}

function matches(found: {readonly sha256: string; readonly blake2: string | undefined}, expected: Expected): boolean {
	return expected.sha256 === undefined ? expected.blake2 === undefined || found.blake2 === expected.blake2 : found.sha256 === expected.sha256;
}

function wrongDigest(url: string, found: {readonly sha256: string; readonly blake2: string | undefined}, expected: Expected): BuildError {
	const [kind, got, wanted] = expected.sha256 === undefined ? ['BLAKE2b-256', found.blake2, expected.blake2] : ['SHA-256', found.sha256, expected.sha256];
	return new BuildError('STX0303', `the file has the ${kind} \`${got!}\`, but \`${wanted!}\` is expected`, {at: {url: redactUrl(url)}, hint: 'the index or something between it and this machine serves another file: do not use it'});
}
