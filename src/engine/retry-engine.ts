/** An engine that tries again what the network broke: StarlingX's `--attempts` and `--retry-delay`. */
import {setTimeout as sleep} from 'node:timers/promises';
import {BuildError} from '../errors.js';
import type {RetryPolicy} from '../system/index.js';
import type {Engine} from './engine.js';

/** What programs say of a network, or a server behind it, that may be better in a moment. */
const passing = new RegExp([
	String.raw`temporary failure (?:in name resolution|resolving)|could not resolve|no such host|server misbehaving`,
	String.raw`connection (?:timed out|reset|refused|failed|closed)|could not connect|unable to connect|network is unreachable|no route to host`,
	String.raw`tls handshake timeout|i\/o timeout|read timed out|operation timed out|deadline exceeded|unexpected eof|broken pipe`,
	String.raw`toomanyrequests|too many requests|service unavailable|bad gateway|gateway time-?out|internal server error`,
	String.raw`\b(?:429|5\d\d) (?:[A-Z][a-z]+|status|error)`,
	// What a registry says of a layer that somebody else is sending too.
	String.raw`blob unknown|blob upload (?:unknown|invalid)`,
].join('|'), 'i');

/** What no further attempt changes. */
const lasting = /unauthorized|denied|authentication required|no basic auth|manifest unknown|does not exist/i;

/** Whether a build, a pull or a push that failed so may succeed when it is done again. */
export function isPassing(error: unknown): boolean {
	return error instanceof BuildError && ['STX0703', 'STX0706'].includes(error.code) && passing.test(error.message) && !lasting.test(error.message);
}

/**
Builds, pulls and pushes that the network broke are done again; nothing else is, and no failure of anything else.

@param retry how often, and after how long.
@param note told before each wait.
*/
export function createRetryingEngine(engine: Engine, {retry, note}: {readonly retry: RetryPolicy; note(message: string): void}): Engine {
	async function persist<T>(what: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
		for (let attempt = 1; ; attempt += 1) {
			try {
				return await work();
			} catch (error) {
				if (attempt > retry.limit || signal?.aborted === true || !isPassing(error)) {
					throw error;
				}

				const wait = retry.delay(attempt) ?? 0;
				note(`the network broke ${what}: attempt ${attempt + 1} of ${retry.limit + 1} in ${Math.round(wait / 1000)} s`);
				await sleep(wait, undefined, {...(signal && {signal})}).catch(() => {
					throw new BuildError('STX0003', 'interrupted while waiting for the network', {cause: error});
				});
			}
		}
	}

	return {
		...engine,
		build: async (request, options) => persist('the build of an image', options?.signal, async () => engine.build(request, options)),
		pull: async (reference, options) => persist(`the pull of \`${reference}\``, options?.signal, async () => engine.pull(reference, options)),
		push: async (image, reference, options) => persist(`the push of \`${reference}\``, options?.signal, async () => engine.push(image, reference, options)),
	};
}
