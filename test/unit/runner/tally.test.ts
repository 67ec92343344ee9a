import test from 'ava';
import {
	addTallies, formatTally, nothing, tallyOf,
} from '../../runner/tally.js';

test('tallies are summed and told in one line', t => {
	t.is(formatTally(addTallies([])), '0 passed, 0 failed, 0 skipped');
	t.is(formatTally(addTallies([{...nothing, passed: 2, failed: 1}, {...nothing, passed: 40, skipped: 3}])), '42 passed, 1 failed, 3 skipped');
});

test('what failed is gathered from all runs', t => {
	t.deepEqual(addTallies([{...nothing, failed: 1, failures: ['a']}, nothing, {...nothing, failed: 1, failures: ['b']}]).failures, ['a', 'b']);
});

test('a run that ends well counts as it was counted', t => {
	t.deepEqual(tallyOf('{"passed":3,"failed":0,"skipped":1,"failures":[]}', 0), {
		...nothing, passed: 3, failed: 0, skipped: 1,
	});
});

test('a run that fails has at least one failure, whatever was counted', t => {
	t.deepEqual(tallyOf('{"passed":3,"failed":2,"skipped":0,"failures":[]}', 1), {
		...nothing, passed: 3, failed: 2, skipped: 0,
	});
	t.deepEqual(tallyOf('{"passed":3,"failed":0,"skipped":0,"failures":[]}', 1), {
		...nothing, passed: 3, failed: 1, skipped: 0,
	});
	t.deepEqual(tallyOf(undefined, 1), {
		...nothing, passed: 0, failed: 1, skipped: 0,
	});
});

test('a run that left no counts has failed, though it ended well', t => {
	t.deepEqual(tallyOf(undefined, 0), {...nothing, failed: 1});
});
