import test from 'ava';
import {createRetryingEngine, type Engine} from '../../../src/engine/index.js';
import {isPassing} from '../../../src/engine/retry-engine.js';
import {BuildError} from '../../../src/errors.js';
import {createSteadyRetry} from '../../../src/system/index.js';
import {fakeEffects} from '../../_helpers/fake-effects.js';

const broken = new BuildError('STX0706', '`a/b` could not be sent to its registry\ndial tcp: lookup registry: Temporary failure in name resolution');
const request = {context: '/c', file: '/c/Dockerfile', buildArgs: {}};

/** An engine that fails with these errors, one after the other, and then works. */
async function failing(errors: readonly Error[], attempts: number) {
	const left = [...errors];
	const notes: string[] = [];
	let tries = 0;
	const work = async (): Promise<string> => {
		tries += 1;
		const error = left.shift();
		if (error) {
			throw error;
		}

		return 'sha256:1';
	};

	const engine: Engine = {
		...await fakeEffects().engine(), build: work, push: work, pull: async () => ({id: await work(), digest: 'sha256:2'}),
	};
	return {
		engine: createRetryingEngine(engine, {
			retry: createSteadyRetry({attempts, seconds: 0}), note(message) {
				notes.push(message);
			},
		}),
		notes,
		tries: () => tries,
	};
}

test('what the network broke is done again, as often as was asked for', async t => {
	const twice = await failing([broken, broken], 3);
	t.is(await twice.engine.push('sha256:1', 'a/b'), 'sha256:1');
	t.is(twice.tries(), 3);
	t.deepEqual(twice.notes, ['the network broke the push of `a/b`: attempt 2 of 3 in 0 s', 'the network broke the push of `a/b`: attempt 3 of 3 in 0 s']);
	const thrice = await failing([broken, broken, broken], 2);
	await t.throwsAsync(thrice.engine.pull('a/b'), {is: broken});
	t.is(thrice.tries(), 2);
});

test('by itself there is one attempt', async t => {
	const {engine, tries} = await failing([broken], 1);
	await t.throwsAsync(engine.push('sha256:1', 'a/b'), {is: broken});
	t.is(tries(), 1);
});

test('a build that failed of itself is not done again, and one whose mirror was away is', async t => {
	const wrong = new BuildError('STX0703', 'the image could not be built: exit code 1\nE: Unable to locate package nonsense');
	const own = await failing([wrong], 3);
	await t.throwsAsync(own.engine.build(request), {is: wrong});
	t.is(own.tries(), 1);
	const away = await failing([new BuildError('STX0703', 'the image could not be built: exit code 100\nE: Failed to fetch http://deb.debian.org/x  Could not connect to deb.debian.org:80')], 3);
	t.is(await away.engine.build(request), 'sha256:1');
});

test('an interruption ends the wait', async t => {
	const {engine: inner} = await failing([broken, broken], 9);
	const interrupted = new AbortController();
	const push = async (): Promise<never> => {
		setTimeout(() => {
			interrupted.abort();
		}, 5);
		throw broken;
	};

	const engine = createRetryingEngine({...inner, push}, {retry: createSteadyRetry({attempts: 5, seconds: 60}), note: () => undefined});
	await t.throwsAsync(engine.push('sha256:1', 'a/b', {signal: interrupted.signal}), {instanceOf: BuildError, code: 'STX0003'});
});

test('no attempt helps where the registry says no, or has nothing', t => {
	for (const [text, expected] of [
		['unauthorized: authentication required', false],
		['denied: requested access to the resource is denied', false],
		['manifest unknown', false],
		['received unexpected HTTP status: 503 Service Unavailable', true],
		['net/http: TLS handshake timeout', true],
		['read tcp 10.0.0.1:5000: connection reset by peer', true],
		['toomanyrequests: rate exceeded', true],
		['dial tcp 127.0.0.1:5000: connect: connection refused', true],
	] as const) {
		t.is(isPassing(new BuildError('STX0706', text)), expected, text);
	}

	t.false(isPassing(new BuildError('STX0610', 'connection reset')));
	t.false(isPassing(new TypeError('connection reset')));
});
