/** Fetches the METADATA of a wheel with as few bytes as the server allows. */
import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {fromRandomAccessReaderPromise, type Entry} from 'yauzl';
import {BuildError} from '../errors.js';
import {isWheelMetadata, onlyMetadata} from '../python/index.js';
import {
	httpFailure, inMemory, redactUrl, type HttpClient,
} from '../system/index.js';
import type {IndexFile} from './packument.js';
import {RangeReader} from './range-reader.js';

export type MetadataRequest = {
	readonly http: HttpClient;
	readonly authorization: string | undefined;
	readonly signal: AbortSignal;
};

/**
Bytes from the end that are fetched first: the list of members, and with most wheels METADATA itself. yauzl looks for the
end of the list in the last 65,557 bytes, since a comment may follow it; with less here it would ask a second time.
*/
const firstRange = 66 * 1024;

/** Bytes: more than any METADATA has. */
const largestMetadata = 16 * (2 ** 20);

/** Answers to a request for a part after which the whole file is asked for; that says what is really wrong. */
const partsRefused: ReadonlySet<number> = new Set([400, 403, 405, 416, 501]);

/** Milliseconds for one request, all attempts together. */
const deadline = 120_000;

/**
The file that the index offers beside the wheel (PEP 658), verified by the digest the index states.

@returns undefined when the index offers none, or has lost it.
@throws BuildError STX0303 when it is not what the index says, STX0207 when it is too large, STX0908, STX0909, STX0003.
*/
export async function fetchMetadataFile(file: IndexFile, request: MetadataRequest): Promise<string | undefined> {
	if (file.metadata === undefined) {
		return undefined;
	}

	const url = `${file.url}.metadata`;
	const response = await get(url, request, {});
	if (response.status === 404 || response.status === 410) {
		return undefined;
	}

	const found = createHash('sha256').update(response.body).digest('hex');
	if (file.metadata.sha256 !== undefined && found !== file.metadata.sha256) {
		throw new BuildError('STX0303', `the file has the SHA-256 \`${found}\`, but the index states \`${file.metadata.sha256}\``, {at: {url: redactUrl(url)}, hint: 'the index or something between it and this machine serves another file: do not use it'});
	}

	return response.body.toString('utf8');
}

/**
Reads METADATA out of a wheel on a server: its list of members, which is at its end, and the one member. What comes so
cannot be verified by the wheel's digest: it is for planning, and the wheel itself is verified when it is taken.

@returns undefined when the server sends no parts of files, or one that is too large.
@throws BuildError STX0308 when the wheel has no METADATA, STX0416 when it has several, STX0207 when it is too large,
STX0908, STX0909, STX0003.
*/
export async function readRemoteMetadata(file: IndexFile, request: MetadataRequest): Promise<string | undefined> {
	const end = await getRange(file.url, `bytes=-${firstRange}`, request);
	if (end === undefined) {
		return undefined;
	}

	const reader = new RangeReader(end.total, end.body, async (start, stop) => {
		const part = await getRange(file.url, `bytes=${start}-${stop - 1}`, {...request, validator: end.validator});
		if (part?.body.length !== stop - start || part.total !== end.total) {
			throw new PartsRefused('the server does not send the parts it is asked for');
		}

		return part.body;
	});
	try {
		const zip = await fromRandomAccessReaderPromise(reader, end.total, {autoClose: false, lazyEntries: true});
		const found: Entry[] = [];
		for await (const entry of zip.eachEntry()) {
			if (isWheelMetadata(entry.fileName)) {
				found.push(entry);
			}
		}

		const at = {url: redactUrl(file.url)};
		if (found.length === 0) {
			throw new BuildError('STX0308', `\`${file.filename}\` has no METADATA`, {at});
		}

		const entry = onlyMetadata(found, file.filename, at);
		if (entry.uncompressedSize > largestMetadata) {
			throw tooLarge(file.url);
		}

		const metadata = await inMemory(await zip.openReadStreamPromise(entry));
		return metadata.toString('utf8');
	} catch (error) {
		if (error instanceof BuildError && !(error.cause instanceof PartsRefused)) {
			throw error;
		}

		// A wheel that cannot be read in parts may still be read whole, and is then judged by its digest.
		return undefined;
	}
}

const tooLarge = (url: string): BuildError => new BuildError('STX0207', `the metadata is larger than ${largestMetadata} bytes`, {at: {url: redactUrl(url)}});

class PartsRefused extends Error {
	override readonly name = 'PartsRefused';
}

type Part = {readonly body: Buffer; readonly total: number; readonly validator: string | undefined};

/** @returns undefined when the server answers with the whole file, with more than it should or not as it should. */
async function getRange(url: string, range: string, request: MetadataRequest & {readonly validator?: string | undefined}): Promise<Part | undefined> {
	const response = await get(url, request, {range, 'accept-encoding': 'identity', ...(request.validator !== undefined && {'if-range': request.validator})}, true);
	const total = /^bytes \d+-\d+\/(?<total>\d+)$/.exec(response.headers['content-range'] ?? '')?.groups?.total;
	if (response.status !== 206 || total === undefined) {
		return undefined;
	}

	const {etag} = response.headers;
	return {body: response.body, total: Number(total), validator: etag?.startsWith('W/') ? undefined : etag};
}

type Answer = {readonly status: number; readonly headers: Readonly<Record<string, string | undefined>>; readonly body: Buffer};

/**
@param isPart the body is left alone unless it is a part of the file, and one of a fitting size.
@throws BuildError STX0207 when what is no part is too large, STX0908, STX0909, STX0003.
*/
async function get(url: string, {http, authorization, signal}: MetadataRequest, headers: Readonly<Record<string, string>>, isPart = false): Promise<Answer> {
	try {
		const client = await http();
		const pending = client(url, {
			headers: {...headers, ...(authorization !== undefined && {authorization})},
			decompress: !isPart,
			responseType: 'buffer',
			signal: AbortSignal.any([signal, AbortSignal.timeout(deadline)]),
		});
		let answer: Answer | undefined;
		const leave = (): void => {
			answer = isPart ? {status: 200, headers: {}, body: Buffer.alloc(0)} : undefined;
			pending.cancel();
		};

		void pending.on('response', response => {
			if (isPart && response.statusCode === 200) {
				leave();
			}
		});
		void pending.on('downloadProgress', ({transferred}) => {
			if (transferred > largestMetadata) {
				leave();
			}
		});
		try {
			const {statusCode, headers, body} = await pending;
			return {status: statusCode, headers: headers as Answer['headers'], body};
		} catch (error) {
			if (answer) {
				return answer;
			}

			if (error instanceof Error && error.name === 'CancelError') {
				throw tooLarge(url);
			}

			throw error;
		}
	} catch (error) {
		const status = (error as {readonly response?: {readonly statusCode: number}}).response?.statusCode;
		// A server that does not want to send parts, or counts them in another way. 404 of a file that is beside another: it is not there.
		if ((isPart && status !== undefined && partsRefused.has(status)) || (!isPart && (status === 404 || status === 410))) {
			return {status, headers: {}, body: Buffer.alloc(0)};
		}

		throw httpFailure(error, url, signal);
	}
}
