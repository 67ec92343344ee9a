/** What went wrong with a request, in words that say what to do. */
import {BuildError} from '../errors.js';
import {redactUrl} from './http.js';

const certificateCodes = /^(?:CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|ERR_TLS_|HOSTNAME_MISMATCH)/;

type RequestFailure = Error & {
	readonly code?: string;
	readonly response?: {readonly statusCode: number; readonly headers: Readonly<Record<string, unknown>>};
};

/**
Turns what got throws into a `BuildError`. Got's own errors hold the request with its headers: they are never passed on
as a cause.

@param url of the request; shown without credentials.
@param signal of the caller: whatever happened after it was aborted happened because of that.
@returns STX0908 when no answer came, STX0909 when it was an error, STX0003 when the caller gave up; a `BuildError`
that already says it, and anything that is not about HTTP, as it is.
*/
export function httpFailure(error: unknown, url: string | URL, signal?: AbortSignal): unknown {
	if (signal?.aborted) {
		return new BuildError('STX0003', `interrupted while fetching \`${redactUrl(url)}\``, {at: {url: redactUrl(url)}});
	}

	if (!(error instanceof Error) || error instanceof BuildError) {
		return error;
	}

	if (error.cause instanceof BuildError) {
		return error.cause;
	}

	const shown = redactUrl(url);
	const at = {url: shown};
	const {response, code = '', name} = error as RequestFailure;
	if (response !== undefined && response.statusCode >= 400) {
		return statusFailure(response.statusCode, url, response.headers['retry-after']);
	}

	if (name === 'AbortError' || code === 'ABORT_ERR' || code === 'ERR_ABORTED') {
		return new BuildError('STX0003', `interrupted while fetching \`${shown}\``, {at});
	}

	if (certificateCodes.test(code)) {
		return new BuildError('STX0908', `the certificate of \`${new URL(shown).host}\` is not trusted (${code})`, {at, hint: 'name the file with your CA certificates: --ca-bundle, SSL_CERT_FILE, or `ca-bundle` in stx-build.ini'});
	}

	if (name === 'TimeoutError' || code === 'ETIMEDOUT') {
		return new BuildError('STX0908', `\`${new URL(shown).host}\` did not answer in time`, {at, hint: 'try again; if it stays so, check the network and the proxy settings'});
	}

	const known = code === '' || code === 'ERR_GOT_REQUEST_ERROR' ? redactMessage(error.message) : code;
	return new BuildError('STX0908', `\`${new URL(shown).host}\` cannot be reached (${known})`, {at, hint: 'check the address, the network and the proxy settings'});
}

/** The error for a status that means failure. */
export function statusFailure(status: number, url: string | URL, retryAfter?: unknown): BuildError {
	const shown = redactUrl(url);
	const hints: Record<number, string> = {
		401: 'give user name and password in the URL of the index',
		403: 'check whether you may read this',
		407: 'give user name and password in the URL of the proxy',
		429: 'the server asks for fewer requests: try again later',
	};
	const wait = typeof retryAfter === 'string' ? `, to be asked again after ${retryAfter}${/^\d+$/.test(retryAfter) ? ' s' : ''}` : '';
	return new BuildError('STX0909', `the server answered ${status}${wait}`, {at: {url: shown}, ...(hints[status] !== undefined && {hint: hints[status]})});
}

function redactMessage(message: string): string {
	return message.replaceAll(/[a-z][\w+.-]*:\/\/[^\s/?#]*@/gi, found => `${found.slice(0, found.indexOf('://') + 3)}`);
}
