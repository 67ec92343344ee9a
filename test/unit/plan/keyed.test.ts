import test from 'ava';
import {formatPart, keyed, keyOf} from '../../../src/plan/index.js';

test('a key is made of named parts, and the members of an object are parts of their own', t => {
	const {key, parts} = keyed({
		kind: 'wheels.build', env: {CC: 'gcc', CFLAGS: undefined}, basedir: undefined, requires: ['a', 'b'], uv: null,
	});
	t.deepEqual(parts, {
		kind: '"wheels.build"', 'env.CC': '"gcc"', requires: '["a","b"]', uv: 'null',
	});
	t.is(key, keyOf(parts));
	t.is(keyed({
		uv: null, requires: ['a', 'b'], env: {CC: 'gcc'}, kind: 'wheels.build',
	}).key, key);
});

test('what is long is a part by its digest', t => {
	const long = 'x'.repeat(500);
	t.deepEqual(keyed({text: long}).parts, {text: keyOf(long)});
	t.not(keyed({text: keyOf(long)}).key, keyed({text: long}).key);
});

test('a text and a number that read the same are different parts', t => {
	t.not(keyed({version: '1'}).key, keyed({version: 1}).key);
});

test('a part is shown as its text', t => {
	t.is(formatPart(String.raw`"a \"b\""`), 'a "b"');
	t.is(formatPart('["1.0"]'), '["1.0"]');
});
