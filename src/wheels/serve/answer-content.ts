/** Answers with something that has a digest: conditions, parts and lengths as RFC 9110 has them. */
import {Buffer} from 'node:buffer';
import type {HttpRequest} from '../../system/index.js';
import {matchesTag, parseRange, type ByteRange} from './parse-range.js';

/** An answer, whose bytes may be a part of the tarball. */
export type Answer = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string | Uint8Array | {readonly part: ByteRange};
};

export type Content = {
	readonly type: string;
	/** 64 hex digits. */
	readonly sha256: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body: Uint8Array | {readonly part: ByteRange};
};

/** Answers with the content, a part of it, or that the client has it already. */
export function answerContent({headers: asked}: Pick<HttpRequest, 'headers'>, {type, sha256, headers: more, body}: Content): Answer {
	const tag = `"${sha256}"`;
	const headers = {etag: tag, 'accept-ranges': 'bytes', ...more};
	if (asked['if-none-match'] !== undefined && matchesTag(asked['if-none-match'], tag)) {
		return {status: 304, headers};
	}

	const size = 'part' in body ? body.part.end - body.part.start : body.length;
	const isSame = asked['if-range'] === undefined || asked['if-range'].trim() === tag;
	const range = isSame ? parseRange(asked.range, size) : undefined;
	if (range === 'unsatisfiable') {
		return answerText(416, 'there are no such bytes', {'content-range': `bytes */${size}`});
	}

	const {start, end} = range ?? {start: 0, end: size};
	return {
		status: range ? 206 : 200,
		headers: {
			...headers, 'content-type': type, 'content-length': String(end - start), ...(range && {'content-range': `bytes ${start}-${end - 1}/${size}`}),
		},
		body: 'part' in body ? {part: {start: body.part.start + start, end: body.part.start + end}} : body.subarray(start, end),
	};
}

/** A few words for people. */
export function answerText(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
	return {status, headers: {'content-type': 'text/plain; charset=utf-8', 'content-length': String(Buffer.byteLength(text) + 1), ...headers}, body: `${text}\n`};
}
