import test from 'ava';
import {createRetryingEngine, type Engine} from '../../../src/engine/index.js';
import {passingCause} from '../../../src/engine/retry-engine.js';
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
			retry: createSteadyRetry({attempts, seconds: 0}), random: () => 0, note(message) {
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

	const engine = createRetryingEngine({...inner, push}, {retry: createSteadyRetry({attempts: 5, seconds: 60}), random: () => 0, note: () => undefined});
	await t.throwsAsync(engine.push('sha256:1', 'a/b', {signal: interrupted.signal}), {instanceOf: BuildError, code: 'STX0003'});
});

test('a push that met another one is done again without being asked, and does not use up the attempts', async t => {
	const collision = new BuildError('STX0706', 'uploading manifest 1-0: errors:\ndigest invalid\nmanifest blob unknown: blob unknown to registry');
	const once = await failing([collision, collision], 1);
	t.is(await once.engine.push('sha256:1', 'a/b'), 'sha256:1');
	t.is(once.tries(), 3);
	t.regex(once.notes[0]!, /^another push got in the way of the push of `a\/b`: attempt 2 of \d+ in 0 s$/v);
	const mixed = await failing([collision, broken, collision], 2);
	t.is(await mixed.engine.push('sha256:1', 'a/b'), 'sha256:1');
	const broke = await failing([collision, broken], 1);
	await t.throwsAsync(broke.engine.push('sha256:1', 'a/b'), {is: broken});
	t.is(broke.tries(), 2);
});

test('a build meets no other push, whatever its output says', async t => {
	for (const words of ['curl: (22) The requested URL returned error: 500 Internal Server Error', 'digest invalid']) {
		const error = new BuildError('STX0703', `the image could not be built: exit code 1\n${words}`);
		const {engine, tries, notes} = await failing([error], 1);
		await t.throwsAsync(engine.build(request), {is: error});
		t.is(tries(), 1);
		t.deepEqual(notes, []);
	}
});

test('no attempt helps where the registry says no, or has nothing', t => {
	for (const [text, expected] of [
		['unauthorized: authentication required', undefined],
		['denied: requested access to the resource is denied', undefined],
		['manifest unknown', undefined],
		['received unexpected HTTP status: 503 Service Unavailable', 'network'],
		['received unexpected HTTP status: 500 Internal Server Error', 'collision'],
		['writing blob: failed to read from destination repository a/b: 500 (Internal Server Error)', 'collision'],
		['reading manifest: 502 (Bad Gateway)', 'network'],
		['net/http: TLS handshake timeout', 'network'],
		['read tcp 10.0.0.1:5000: connection reset by peer', 'network'],
		['toomanyrequests: rate exceeded', 'network'],
		['dial tcp 127.0.0.1:5000: connect: connection refused', 'network'],
	] as const) {
		t.is(passingCause(new BuildError('STX0706', text), 'push'), expected, text);
		t.is(passingCause(new BuildError('STX0706', text), 'pull'), expected && 'network', text);
	}

	t.is(passingCause(new BuildError('STX0610', 'connection reset'), 'push'), undefined);
	t.is(passingCause(new TypeError('connection reset'), 'push'), undefined);
});
