import test from 'ava';
import fc from 'fast-check';
import {matchesTag, parseRange} from '../../../../src/wheels/serve/parse-range.js';

test('parts of a file', t => {
	t.deepEqual(parseRange('bytes=0-0', 10), {start: 0, end: 1});
	t.deepEqual(parseRange('bytes=2-5', 10), {start: 2, end: 6});
	t.deepEqual(parseRange('bytes=7-', 10), {start: 7, end: 10});
	t.deepEqual(parseRange('bytes=7-99', 10), {start: 7, end: 10});
	t.deepEqual(parseRange('bytes=-3', 10), {start: 7, end: 10});
	t.deepEqual(parseRange('bytes=-99', 10), {start: 0, end: 10});
	t.deepEqual(parseRange('BYTES= 2-5 ', 10), {start: 2, end: 6});
	t.deepEqual(parseRange(`bytes=0-${'9'.repeat(400)}`, 10), {start: 0, end: 10});
});

test('parts in which no byte is', t => {
	for (const header of ['bytes=10-', 'bytes=10-11', 'bytes=-0', `bytes=${'9'.repeat(400)}-`]) {
		t.is(parseRange(header, 10), 'unsatisfiable', header);
	}

	t.is(parseRange('bytes=0-', 0), 'unsatisfiable');
	t.is(parseRange('bytes=-1', 0), 'unsatisfiable');
});

test('what is not understood, or several parts, is the whole file', t => {
	for (const header of [undefined, '', 'bytes', 'bytes=', 'bytes=-', 'bytes=5-2', 'bytes=a-b', 'lines=1-2', 'bytes=0-1,4-5', 'bytes=0x1-2', 'bytes=-1-2']) {
		t.is(parseRange(header, 10), undefined, header);
	}
});

test('a part lies within the file, and is as long as was asked for where the file is', t => {
	fc.assert(fc.property(fc.nat(), fc.nat(), fc.nat(), (first, length, size) => {
		const range = parseRange(`bytes=${first}-${first + length}`, size);
		if (first >= size) {
			return range === 'unsatisfiable';
		}

		return typeof range === 'object' && range.start === first && range.end === Math.min(first + length + 1, size);
	}));
	fc.assert(fc.property(fc.string(), fc.nat(), (header, size) => {
		const range = parseRange(`bytes=${header}`, size);
		return typeof range !== 'object' || (range.start >= 0 && range.start < range.end && range.end <= size);
	}));
	t.pass();
});

test('entity tags', t => {
	t.true(matchesTag('"a"', '"a"'));
	t.true(matchesTag('"b", W/"a"', '"a"'));
	t.true(matchesTag(' * ', '"a"'));
	t.false(matchesTag('"b"', '"a"'));
	t.false(matchesTag('a', '"a"'));
	t.false(matchesTag('', '"a"'));
});
