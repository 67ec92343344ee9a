import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {observeRunInto} from '../../runner/observe-ava.js';

const noFailures = {
	failedTests: 0, failedHooks: 0, failedWorkers: 0, internalErrors: 0, remainingTests: 0, sharedWorkerErrors: 0, timedOutTests: 0, uncaughtExceptions: 0, unhandledRejections: 0,
};

type Written = {readonly failures: readonly string[]; readonly seconds: ReadonlyArray<readonly [string, number]>};

async function writtenOf(t: ExecutionContext, events: readonly unknown[]): Promise<Written> {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-counts-'));
	t.teardown(async () => rm(folder, {recursive: true}));
	const file = path.join(folder, 'counts.json');
	async function * tell() {
		yield * events;
	}

	await observeRunInto(file)({events: tell()});
	return JSON.parse(await readFile(file, 'utf8')) as Written;
}

/** Without how long files took. */
async function countsOf(t: ExecutionContext, events: readonly unknown[]): Promise<unknown> {
	const {seconds, ...counts} = await writtenOf(t, events);
	t.true(Array.isArray(seconds));
	return counts;
}

test('passed tests are counted, and those that say SKIPPED apart', async t => {
	t.deepEqual(await countsOf(t, [
		{type: 'selected-test', skip: false, todo: false},
		{type: 'test-passed', logs: []},
		{type: 'test-passed', logs: ['all is well']},
		{type: 'test-passed', logs: ['SKIPPED: the program `buildah` is missing']},
		{type: 'selected-test', skip: true, todo: false},
		{type: 'selected-test', skip: false, todo: true},
		{type: 'stats', stats: noFailures},
	]), {
		passed: 2, failed: 0, skipped: 3, failures: [],
	});
});

test('failed tests and hooks are counted each', async t => {
	t.deepEqual(await countsOf(t, [{type: 'stats', stats: {...noFailures, failedTests: 2, failedHooks: 1}}]), {
		passed: 0, failed: 3, skipped: 0, failures: [],
	});
});

test('a file that dies counts once, with the tests it did not come to', async t => {
	t.deepEqual(await countsOf(t, [{type: 'stats', stats: {...noFailures, failedWorkers: 1, uncaughtExceptions: 1}}]), {
		passed: 0, failed: 1, skipped: 0, failures: [],
	});
	t.deepEqual(await countsOf(t, [{type: 'stats', stats: {...noFailures, failedWorkers: 1, remainingTests: 4}}]), {
		passed: 0, failed: 4, skipped: 0, failures: [],
	});
});

test('only the last statistics count', async t => {
	t.deepEqual(await countsOf(t, [{type: 'stats', stats: {...noFailures, remainingTests: 1}}, {type: 'test-passed', logs: []}, {type: 'stats', stats: noFailures}, {type: 'end'}]), {
		passed: 1, failed: 0, skipped: 0, failures: [],
	});
});

test('what failed is named, with the first line of why', async t => {
	const testFile = path.resolve('test/unit/some.test.ts');
	const counts = await countsOf(t, [
		{
			type: 'test-failed', title: 'a title', testFile, err: {message: 'Values differ\nin many lines'},
		},
		{type: 'worker-failed', testFile, nonZeroExitCode: 1},
		{type: 'timeout', period: 1000, pendingTests: new Map([[testFile, new Set(['one', 'two'])]])},
		{type: 'stats', stats: {...noFailures, failedTests: 1}},
	]) as {failures: readonly string[]};
	t.deepEqual(counts.failures, [
		'test/unit/some.test.ts: a title: Values differ',
		'test/unit/some.test.ts: worker-failed',
		'test/unit/some.test.ts: one: timed out',
		'test/unit/some.test.ts: two: timed out',
	]);
});

test('a compiled test is told by its source, and each file with how long it took', async t => {
	const testFile = path.resolve('.tests/abc/unit/some.test.js');
	const {failures, seconds} = await writtenOf(t, [
		{
			type: 'selected-test', testFile, skip: false, todo: false,
		},
		{
			type: 'test-failed', testFile, title: 'one', err: {message: 'no'},
		},
		{type: 'stats', stats: {...noFailures, failedTests: 1}},
	]);
	t.deepEqual(failures, ['test/unit/some.test.ts: one: no']);
	t.deepEqual(seconds.map(([file]) => file), ['test/unit/some.test.ts']);
	t.true(seconds[0]![1] >= 0);
});
