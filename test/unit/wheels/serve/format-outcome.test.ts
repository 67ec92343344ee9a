import test from 'ava';
import {formatOutcome} from '../../../../src/wheels/serve/format-outcome.js';

const request = {
	client: '127.0.0.1', method: 'GET', target: '/simple/pbr/', headers: {},
};

test('a line for each request', t => {
	t.is(formatOutcome(request, {status: 200, isWhole: true}), '127.0.0.1 GET /simple/pbr/ 200');
	t.is(formatOutcome(request, {status: 206, isWhole: false}), '127.0.0.1 GET /simple/pbr/ 206; broken off');
	t.is(formatOutcome(request, {status: 503, isWhole: true, note: 'there is no tarball'}), '127.0.0.1 GET /simple/pbr/ 503; there is no tarball');
	t.is(formatOutcome(request, {status: 500, isWhole: true, error: new RangeError('far')}), '127.0.0.1 GET /simple/pbr/ 500; far');
});

test('one line, and nothing that a terminal obeys', t => {
	t.is(formatOutcome({...request, target: '/\u001B[2J\n\u0085é'}, {status: 404, isWhole: true}), String.raw`127.0.0.1 GET /\u{1b}[2J\u{a}\u{85}\u{e9} 404`);
	t.is(formatOutcome({...request, target: '/\uD800'}, {status: 404, isWhole: true}), String.raw`127.0.0.1 GET /\u{d800} 404`);
});
