import test from 'ava';
import {
	addTallies, formatTally, nothing, tallyOf,
} from '../../runner/tally.js';

test('tallies are summed and told in one line', t => {
	t.is(formatTally(addTallies([])), '0 passed, 0 failed, 0 skipped');
	t.is(formatTally(addTallies([{...nothing, passed: 2, failed: 1}, {...nothing, passed: 40, skipped: 3}])), '42 passed, 1 failed, 3 skipped');
});

test('what failed, and how long files took, is gathered from all runs', t => {
	const tally = addTallies([{
		...nothing, failed: 1, failures: ['a'], seconds: [['one', 1]],
	}, nothing, {
		...nothing, failed: 1, failures: ['b'], seconds: [['two', 2]],
	}]);
	t.deepEqual(tally.failures, ['a', 'b']);
	t.deepEqual(tally.seconds, [['one', 1], ['two', 2]]);
});

test('a run that ends well counts as it was counted', t => {
	t.deepEqual(tallyOf('{"passed":3,"failed":0,"skipped":1,"failures":[],"seconds":[]}', 0), {
		...nothing, passed: 3, failed: 0, skipped: 1,
	});
});

test('a run that fails has at least one failure, whatever was counted', t => {
	t.deepEqual(tallyOf('{"passed":3,"failed":2,"skipped":0,"failures":[],"seconds":[]}', 1), {
		...nothing, passed: 3, failed: 2, skipped: 0,
	});
	t.deepEqual(tallyOf('{"passed":3,"failed":0,"skipped":0,"failures":[],"seconds":[]}', 1), {
		...nothing, passed: 3, failed: 1, skipped: 0,
	});
	t.deepEqual(tallyOf(undefined, 1), {
		...nothing, passed: 0, failed: 1, skipped: 0,
	});
});

test('a run that left no counts has failed, though it ended well', t => {
	t.deepEqual(tallyOf(undefined, 0), {...nothing, failed: 1});
});
