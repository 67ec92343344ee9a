/** When a request is asked again, and how long to wait before. */

/** Statuses after which the same request may succeed: 408, 425, 429 and what servers and proxies say when they are busy. */
export const retriedStatuses: readonly number[] = [408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524];

/** What a broken, refused or silent connection is called by Node and got. */
export const retriedCodes: readonly string[] = [
	'ETIMEDOUT',
	'ECONNRESET',
	'ECONNREFUSED',
	'EPIPE',
	'ENETUNREACH',
	'EHOSTUNREACH',
	'EAI_AGAIN',
	'ERR_HTTP_CONTENT_LENGTH_MISMATCH',
	'ERR_STREAM_PREMATURE_CLOSE',
	'HPE_INVALID_CONSTANT',
];

export type RetryPolicy = {
	/** How often a request is asked again before it is given up. */
	readonly limit: number;
	/**
	@param attempt how many attempts have failed, from 1.
	@param retryAfter milliseconds that the server asks to wait.
	@returns milliseconds to wait, or undefined when the server asks for longer than anyone would wait.
	*/
	delay(attempt: number, retryAfter?: number): number | undefined;
};

export type RetryPolicyOptions = {
	readonly limit?: number;
	/** Milliseconds: the longest first wait. It doubles with each attempt. */
	readonly base?: number;
	/** Milliseconds: no wait of our own choice is longer. */
	readonly cap?: number;
	/** Milliseconds: the longest `Retry-After` that is waited for. */
	readonly patience?: number;
	/** From 0 to below 1. */
	readonly random: () => number;
};

/**
Exponential back-off with full jitter: each wait is drawn evenly between nothing and base * 2^n, so that clients that
failed together do not come back together. `Retry-After` is honoured, with a little jitter added to it.
*/
export function createRetryPolicy({limit = 5, base = 500, cap = 20_000, patience = 120_000, random}: RetryPolicyOptions): RetryPolicy {
	return {
		limit,
		delay(attempt, retryAfter) {
			const jitter = random() * Math.min(cap, base * (2 ** (attempt - 1)));
			if (retryAfter === undefined) {
				return Math.round(jitter);
			}

			return retryAfter > patience ? undefined : Math.round(retryAfter + Math.min(jitter, 1000));
		},
	};
}

/**
So many attempts with the same wait between them, as StarlingX's tools have it.

@param attempts in all, from 1.
@param seconds between two of them.
*/
export const createSteadyRetry = ({attempts, seconds}: {readonly attempts: number; readonly seconds: number}): RetryPolicy => ({limit: attempts - 1, delay: () => seconds * 1000});

/**
The `Retry-After` header (RFC 9110, 10.2.3): seconds, or a date.

@param now milliseconds since 1970.
@returns milliseconds from now, at least 0; undefined when there is no such header or it cannot be read.
*/
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
	const text = value?.trim() ?? '';
	if (/^\d+$/.test(text)) {
		return Number(text) * 1000;
	}

	const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
