import type {LookupFunction} from 'node:net';
import test from 'ava';
import {createLookup} from '../../../src/system/http-lookup.js';

type Callback = Parameters<LookupFunction>[2];

/** A resolver that answers when the test says so. */
function makeResolver() {
	const asked: Array<{readonly host: string; readonly answer: Callback}> = [];
	const find: LookupFunction = (host, _options, answer) => {
		asked.push({host, answer});
	};

	return {asked, find: createLookup(find)};
}

test('connections that are opened together share one question, and later ones ask again', t => {
	const {asked, find} = makeResolver();
	const got: unknown[] = [];
	const keep: Callback = (...answer) => {
		got.push(answer);
	};

	find('a', {all: true}, keep);
	find('a', {all: true}, keep);
	find('b', {all: true}, keep);
	find('a', {family: 4}, keep);
	t.deepEqual(asked.map(({host}) => host), ['a', 'b', 'a']);
	asked[0]!.answer(null, [{address: '192.0.2.1', family: 4}]);
	t.deepEqual(got, [[null, [{address: '192.0.2.1', family: 4}]], [null, [{address: '192.0.2.1', family: 4}]]]);
	find('a', {all: true}, keep);
	t.is(asked.length, 4);
});

test('all who asked learn that there is no answer, also one that asks again at once', t => {
	const {asked, find} = makeResolver();
	const failures: unknown[] = [];
	const failure = Object.assign(new Error('unknown'), {code: 'ENOTFOUND'});
	find('a', {}, error => {
		failures.push(error);
		find('a', {}, again => {
			failures.push(again);
		});
	});
	find('a', {}, error => {
		failures.push(error);
	});
	asked[0]!.answer(failure, '');
	t.deepEqual(failures, [failure, failure]);
	asked[1]!.answer(failure, '');
	t.deepEqual(failures, [failure, failure, failure]);
});
