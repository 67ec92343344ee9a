import {Buffer} from 'node:buffer';
import {once} from 'node:events';
import {connect} from 'node:net';
import {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import type {BuildError} from '../../src/errors.js';
import {
	listen, type HttpAnswer, type HttpOutcome, type HttpRequest, type HttpServer,
} from '../../src/system/index.js';

type Started = {readonly server: HttpServer; readonly seen: HttpRequest[]; readonly outcomes: HttpOutcome[]; outcome(): Promise<HttpOutcome>};

async function start(t: ExecutionContext, answer: (request: HttpRequest) => Promise<HttpAnswer>): Promise<Started> {
	const seen: HttpRequest[] = [];
	const outcomes: HttpOutcome[] = [];
	const waiting: Array<(outcome: HttpOutcome) => void> = [];
	const server = await listen({address: '127.0.0.1', port: 0}, {
		async answer(request) {
			seen.push(request);
			return answer(request);
		},
		answered(_request, outcome) {
			outcomes.push(outcome);
			waiting.shift()?.(outcome);
		},
	});
	t.teardown(async () => server.close());
	return {
		server, seen, outcomes, outcome: async () => outcomes.at(-1) ?? new Promise(resolve => {
			waiting.push(resolve);
		}),
	};
}

test('a text, some bytes, a stream, nothing', async t => {
	const bodies: Readonly<Record<string, HttpAnswer['body']>> = {'/text': 'words', '/bytes': new Uint8Array([1, 2]), '/stream': Readable.from([Buffer.from('ab'), Buffer.from('cd')])};
	const {server, seen, outcomes} = await start(t, async ({target}) => ({status: 200, headers: {'x-test': '1'}, ...(bodies[target] !== undefined && {body: bodies[target]})}));
	t.is(await (await fetch(`${server.url}/text`, {headers: {accept: 'a, b'}})).text(), 'words');
	t.deepEqual([...new Uint8Array(await (await fetch(`${server.url}/bytes`)).arrayBuffer())], [1, 2]);
	t.is(await (await fetch(`${server.url}/stream`)).text(), 'abcd');
	t.is(await (await fetch(`${server.url}/none?x=%20`)).text(), '');
	t.like(seen[0], {
		method: 'GET', target: '/text', client: '127.0.0.1', headers: {accept: 'a, b'},
	});
	t.is(seen[3]!.target, '/none?x=%20');
	t.deepEqual(outcomes.map(({status, isWhole}) => [status, isWhole]), Array.from({length: 4}, () => [200, true]));
});

test('to HEAD no body is sent, and its stream is closed', async t => {
	const body = Readable.from(['x']);
	const {server, outcome} = await start(t, async () => ({status: 200, headers: {'content-length': '1'}, body}));
	const answer = await fetch(server.url, {method: 'HEAD'});
	t.is(answer.headers.get('content-length'), '1');
	t.is(await answer.text(), '');
	t.true((await outcome()).isWhole);
	t.true(body.destroyed);
});

test('a failure is 500, says nothing of it, and the server goes on', async t => {
	const {server, outcomes} = await start(t, async ({target}) => {
		if (target === '/bad') {
			throw new Error('secret');
		}

		return {status: 200, headers: {}, body: 'good'};
	});
	const answer = await fetch(`${server.url}/bad`);
	t.is(answer.status, 500);
	t.false((await answer.text()).includes('secret'));
	t.is(await (await fetch(`${server.url}/good`)).text(), 'good');
	t.is((outcomes[0]!.error as Error).message, 'secret');
});

test('an answer that breaks off cannot be taken for a whole one', async t => {
	const {server, outcome} = await start(t, async () => ({
		status: 200,
		headers: {},
		body: Readable.from((async function * () {
			yield Buffer.alloc(10);
			throw new Error('the disk is gone');
		})()),
	}));
	await t.throwsAsync(async () => (await fetch(server.url)).arrayBuffer());
	const {isWhole, error} = await outcome();
	t.false(isWhole);
	t.is((error as Error).message, 'the disk is gone');
});

test('no more is read than the client takes, and nothing when it has gone', async t => {
	let made = 0;
	const piece = Buffer.alloc(64 * 1024);
	const body = Readable.from((async function * () {
		for (;;) {
			made += piece.length;
			yield piece;
		}
	})(), {objectMode: false});
	const {server, outcome} = await start(t, async () => ({status: 200, headers: {}, body}));
	const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
	socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
	await once(socket, 'readable');
	await new Promise(resolve => {
		setTimeout(resolve, 300);
	});
	const settled = made;
	await new Promise(resolve => {
		setTimeout(resolve, 200);
	});
	t.is(made, settled);
	t.true(made < 32 * (2 ** 20), `${made} bytes`);
	socket.destroy();
	const {isWhole, error} = await outcome();
	t.false(isWhole);
	t.is(error, undefined);
	t.true(body.destroyed);
});

test('a client that leaves before there is an answer is told of as well', async t => {
	const {server, outcome} = await start(t, async () => {
		await sleep(300);
		return {status: 200, headers: {}, body: 'late'};
	});
	const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
	socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
	await sleep(100);
	socket.destroy();
	const {isWhole, error} = await outcome();
	t.false(isWhole);
	t.is(error, undefined);
});

test('closing ends what is slow, and gives the port back', async t => {
	const {server} = await start(t, async () => ({
		status: 200, headers: {}, body: new Readable({
			read() {
			// Never has anything.
			},
		}),
	}));
	const port = Number(new URL(server.url).port);
	const slow = fetch(server.url).then(async answer => buffer(answer.body as never));
	slow.catch(() => undefined);
	await new Promise(resolve => {
		setTimeout(resolve, 100);
	});
	const started = performance.now();
	await server.close();
	t.true(performance.now() - started < 5000);
	await t.throwsAsync(slow);
	const again = await listen({address: '127.0.0.1', port}, {
		answer: async () => ({status: 200, headers: {}}),
		answered() {
			// Not looked at.
		},
	});
	await again.close();
});

const service = {
	answer: async () => ({status: 200, headers: {}}),
	answered() {
		// Not looked at.
	},
};

test('a port that is in use, an address that is not ours', async t => {
	const {server} = await start(t, service.answer);
	const inUse = await t.throwsAsync<BuildError>(listen({address: '127.0.0.1', port: Number(new URL(server.url).port)}, service), {code: 'STX0920', message: /it is in use/});
	t.is(inUse.exitCode, 2);
	await t.throwsAsync(listen({address: '192.0.2.1', port: 0}, service), {code: 'STX0920', message: /does not have that address/});
});

test('an address of IPv6 is written as URLs have it', async t => {
	// A machine without IPv6 says so.
	const answer = await listen({address: '::1', port: 0}, service).then(async server => {
		await server.close();
		return server.url;
	}, (error: unknown) => (error as BuildError).code);
	t.regex(answer, /^(?:http:\/\/\[::1]:\d+|STX0920)$/);
});
