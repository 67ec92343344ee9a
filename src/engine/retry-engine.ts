/** An engine that tries again what the network broke: StarlingX's `--attempts` and `--retry-delay`. */
import {BuildError} from '../errors.js';
import {createRetryPolicy, pause, type RetryPolicy} from '../system/index.js';
import type {Engine} from './engine.js';

/** What programs say of a network, or a server behind it, that may be better in a moment. */
const passing = new RegExp([
	String.raw`temporary failure (?:in name resolution|resolving)|could not resolve|no such host|server misbehaving`,
	String.raw`connection (?:timed out|reset|refused|failed|closed)|could not connect|unable to connect|network is unreachable|no route to host`,
	String.raw`tls handshake timeout|i\/o timeout|read timed out|operation timed out|deadline exceeded|unexpected eof|broken pipe`,
	String.raw`toomanyrequests|too many requests|service unavailable|bad gateway|gateway time-?out`,
	String.raw`\b(?:429|5\d\d) \(?(?:[A-Z][a-z]+|status|error)`,
].join('|'), 'i');

/**
What a registry says of a layer that somebody else is sending too: Debian's docker-registry has each of these. No network
is at fault, and images that share a new base come to it when they are pushed at once, so `--attempts` has no say in it.
*/
const collision = /blob unknown|blob upload (?:unknown|invalid)|digest invalid|\b500 \(?internal server error/i;

/** What no further attempt changes. */
const lasting = /unauthorized|denied|authentication required|no basic auth|manifest unknown|does not exist/i;

export type RetryOptions = {
	readonly retry: RetryPolicy;
	random(): number;
	note(message: string): void;
};

const shortWaits = {limit: 9, base: 200, cap: 5000};

type Cause = 'network' | 'collision';

type Work = 'build' | 'pull' | 'push';

/** Why work that failed so may succeed when it is done again; nothing when it will not. Only pushes meet others. */
export function passingCause(error: unknown, work: Work): Cause | undefined {
	if (!(error instanceof BuildError) || !['STX0703', 'STX0706'].includes(error.code) || lasting.test(error.message)) {
		return undefined;
	}

	return work === 'push' && collision.test(error.message) ? 'collision' : (passing.test(error.message) ? 'network' : undefined);
}

/**
Builds, pulls and pushes that the network broke are done again; nothing else is, and no failure of anything else.

@param retry how often, and after how long, where the network is at fault.
@param random from 0 to below 1: draws the short waits of pushes that met another one.
@param note told before each wait.
*/
export function createRetryingEngine(engine: Engine, {retry, random, note}: RetryOptions): Engine {
	const policies = {
		network: {policy: retry, say: 'the network broke'},
		// They end as soon as one of those that send is done, so the waits are short.
		collision: {policy: createRetryPolicy({...shortWaits, random}), say: 'another push got in the way of'},
	} as const;

	async function persist<T>(kind: Work, of: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
		const what = `the ${kind} of ${of}`;
		const attempts = {network: 0, collision: 0};
		for (;;) {
			try {
				return await work();
			} catch (error) {
				const cause = passingCause(error, kind);
				if (cause === undefined || signal?.aborted === true || attempts[cause] >= policies[cause].policy.limit) {
					throw error;
				}

				const {policy, say} = policies[cause];
				attempts[cause] += 1;
				const wait = policy.delay(attempts[cause]) ?? 0;
				note(`${say} ${what}: attempt ${attempts[cause] + 1} of ${policy.limit + 1} in ${Math.round(wait / 1000)} s`);
				await pause(wait, 'the network', {signal, cause: error});
			}
		}
	}

	return {
		...engine,
		build: async (request, options) => persist('build', 'an image', options?.signal, async () => engine.build(request, options)),
		pull: async (reference, options) => persist('pull', `\`${reference}\``, options?.signal, async () => engine.pull(reference, options)),
		push: async (image, reference, options) => persist('push', `\`${reference}\``, options?.signal, async () => engine.push(image, reference, options)),
	};
}
