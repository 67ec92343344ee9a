import process from 'node:process';
import {observeRunInto} from './test/runner/observe-ava.js';

const {AVA_COUNTS_FILE: countsFile} = process.env;

// Tests run from TypeScript by tsx, which needs child processes: AVA's worker threads do not load it.
export default {
	files: ['test/**/*.test.ts', '!test/_helpers/**', '!test/fixtures/**'],
	extensions: {ts: 'module'},
	nodeArguments: ['--import=tsx'],
	workerThreads: false,
	timeout: '2m',
	environmentVariables: {
		NO_COLOR: '1',
		TZ: 'UTC',
		GIT_AUTHOR_NAME: 'stx-build',
		GIT_AUTHOR_EMAIL: 'stx-build@example.com',
		GIT_COMMITTER_NAME: 'stx-build',
		GIT_COMMITTER_EMAIL: 'stx-build@example.com',
	},
	// Set by test/run.ts, which sums the counts of all runs.
	...(countsFile !== undefined && {
		nonSemVerExperiments: {observeRunsFromConfig: true},
		observeRun: observeRunInto(countsFile),
	}),
};
