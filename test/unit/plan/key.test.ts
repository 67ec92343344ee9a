import {isDeepStrictEqual} from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import {canonicalJson, keyOf, type Json} from '../../../src/plan/index.js';

test('the order of names does not count, the order of a list does', t => {
	t.is(keyOf({a: 1, b: {c: [1, 2], d: null}}), keyOf({b: {d: null, c: [1, 2]}, a: 1}));
	t.not(keyOf([1, 2]), keyOf([2, 1]));
});

test('a member that is undefined is as one that is not there', t => {
	t.is(canonicalJson({a: undefined, b: 1}), '{"b":1}');
});

test('a key is a sha256 of canonical JSON', t => {
	// `printf '{"a":"b"}' | sha256sum`
	t.is(keyOf({a: 'b'}), 'sha256:db4a7ecb114bc66c623a06c4ff6fe8daa2f49cc270ebbf7a1f81e22ab061c837' as never);
});

/** What JSON makes of a value: -0 is 0 in it. */
function throughText(value: unknown): unknown {
	const text = JSON.stringify(value);
	return JSON.parse(text);
}

test('canonical JSON is JSON of the same value', t => {
	fc.assert(fc.property(fc.jsonValue(), value => {
		t.deepEqual(JSON.parse(canonicalJson(value as Json)), throughText(value));
	}));
});

test('two values have one canonical JSON exactly when they are equal', t => {
	fc.assert(fc.property(fc.jsonValue({maxDepth: 2}), fc.jsonValue({maxDepth: 2}), (a, b) => {
		t.is(canonicalJson(a as Json) === canonicalJson(b as Json), isDeepStrictEqual(throughText(a), throughText(b)));
	}), {numRuns: 1000});
});
