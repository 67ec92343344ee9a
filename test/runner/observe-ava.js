/**
Writes the counts of an AVA run to a file, as AVA itself sees them. Its TAP output would say as much, but AVA 7 breaks off
that output when a test times out.

A test that passed with a log line `SKIPPED: …` (test/_helpers/needs.ts) counts as skipped.
*/
import {writeFileSync} from 'node:fs';

/** @param {string} file */
export const observeRunInto = file => async ({events}) => {
	const counts = {passed: 0, failed: 0, skipped: 0};
	const failures = {tests: 0, others: 0};
	for await (const event of events) {
		switch (event.type) {
			case 'test-passed': {
				counts[event.logs.some(line => line.startsWith('SKIPPED: ')) ? 'skipped' : 'passed']++;
				break;
			}

			case 'selected-test': {
				counts.skipped += event.skip || event.todo ? 1 : 0;
				break;
			}

			case 'stats': {
				const {failedTests, failedHooks, failedWorkers, internalErrors, remainingTests, sharedWorkerErrors, timedOutTests, uncaughtExceptions, unhandledRejections} = event.stats;
				failures.tests = failedTests + failedHooks;
				// A file that dies is told of in several of these at once: what counts is that each of its tests is told.
				failures.others = Math.max(remainingTests, failedWorkers, internalErrors, sharedWorkerErrors, timedOutTests, uncaughtExceptions, unhandledRejections);
				break;
			}

			default:
		}

		writeFileSync(file, JSON.stringify({...counts, failed: failures.tests + failures.others}));
	}
};
