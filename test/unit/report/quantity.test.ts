import test from 'ava';
import {
	countOf, formatBytes, formatElapsed, formatProgress, formatSeconds,
} from '../../../src/report/quantity.js';

test('seconds', t => {
	t.deepEqual([0, 0.04, 9.94, 9.96, 59.4, 59.6, 125, 3599.4, 3600, 3725, -1].map(seconds => formatSeconds(seconds)), ['0.0 s', '0.0 s', '9.9 s', '10 s', '59 s', '1 min 0 s', '2 min 5 s', '59 min 59 s', '1 h 0 min', '1 h 2 min', '0.0 s']);
});

test('time since the start', t => {
	t.deepEqual([0, 7.9, 760, 3723].map(seconds => formatElapsed(seconds)), ['0:00', '0:07', '12:40', '1:02:03']);
});

test('bytes', t => {
	t.deepEqual([0, 812, 999, 1000, 9940, 9960, 999_499, 999_500, 3_140_000, 120_000_000, 5e15].map(bytes => formatBytes(bytes)), ['0 B', '812 B', '999 B', '1.0 kB', '9.9 kB', '10 kB', '999 kB', '1.0 MB', '3.1 MB', '120 MB', '5000 TB']);
});

test('progress', t => {
	t.is(formatProgress({done: 3_100_000, total: 10_000_000, unit: 'bytes'}), '3.1 MB of 10 MB');
	t.is(formatProgress({done: 3_100_000, unit: 'bytes'}), '3.1 MB');
	t.is(formatProgress({done: 7, total: 12, unit: 'items'}), '7 of 12');
	t.is(formatProgress({text: 'Setting up libc6'}), 'Setting up libc6');
	t.is(formatProgress({done: 1, total: 2, text: 'unpack'}), '1 of 2 unpack');
	t.is(formatProgress({}), '');
});

test('counts', t => {
	t.deepEqual([countOf(0, 'step'), countOf(1, 'step'), countOf(2, 'step')], ['0 steps', '1 step', '2 steps']);
});
