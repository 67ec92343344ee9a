/**
Writes the counts of an AVA run, the names of what failed and the seconds of each test file to a file, as AVA itself sees them. Its TAP output would say as much, but AVA 7 breaks off
that output when a test times out.

A test that passed with a log line `SKIPPED: …` (test/_helpers/needs.ts) counts as skipped.
*/
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** The file as it was before test/run.ts compiled it. */
const sourceOf = file => path.relative(process.cwd(), file).replace(/^\.tests\/[^/]+\/(.*)\.js$/, 'test/$1.ts');

/** A failure in one line. */
const inOneLine = (testFile, title, message) => [sourceOf(testFile ?? ''), title, message?.trim().split('\n', 1)[0]].filter(Boolean).join(': ');

/** @param {string} file */
export const observeRunInto = file => async ({events}) => {
	const counts = {passed: 0, failed: 0, skipped: 0};
	const failed = {tests: 0, others: 0};
	const failures = [];
	const times = new Map();
	for await (const event of events) {
		if (event.testFile !== undefined) {
			const {from = performance.now()} = times.get(event.testFile) ?? {};
			times.set(event.testFile, {from, to: performance.now()});
		}

		switch (event.type) {
			case 'test-passed': {
				counts[event.logs.some(line => line.startsWith('SKIPPED: ')) ? 'skipped' : 'passed']++;
				break;
			}

			case 'test-failed':
			case 'hook-failed': {
				failures.push(inOneLine(event.testFile, event.title, event.err?.message));
				break;
			}

			case 'worker-failed':
			case 'uncaught-exception':
			case 'unhandled-rejection':
			case 'internal-error': {
				failures.push(inOneLine(event.testFile, event.type, event.err?.message));
				break;
			}

			case 'timeout': {
				failures.push(...[...event.pendingTests].flatMap(([file, titles]) => [...titles].map(title => inOneLine(file, title, 'timed out'))));
				break;
			}

			case 'selected-test': {
				counts.skipped += event.skip || event.todo ? 1 : 0;
				break;
			}

			case 'stats': {
				const {failedTests, failedHooks, failedWorkers, internalErrors, remainingTests, sharedWorkerErrors, timedOutTests, uncaughtExceptions, unhandledRejections} = event.stats;
				failed.tests = failedTests + failedHooks;
				// A file that dies is told of in several of these at once: what counts is that each of its tests is told.
				failed.others = Math.max(remainingTests, failedWorkers, internalErrors, sharedWorkerErrors, timedOutTests, uncaughtExceptions, unhandledRejections);
				break;
			}

			default:
		}

		const seconds = [...times].map(([testFile, {from, to}]) => [sourceOf(testFile), (to - from) / 1000]);
		writeFileSync(file, JSON.stringify({
			...counts, failed: failed.tests + failed.others, failures, seconds,
		}));
	}
};
