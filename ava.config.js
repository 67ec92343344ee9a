import process from 'node:process';
import {observeRunInto} from './test/runner/observe-ava.js';

const {AVA_COUNTS_FILE: countsFile, AVA_COMPILED: compiled} = process.env;

/** As test/run.ts has compiled them. */
const compiledTests = {
	files: [`${compiled}/**/*.test.js`],
	nodeArguments: ['--enable-source-maps'],
};

/** From TypeScript, by tsx. */
const sources = {
	files: ['test/**/*.test.ts', '!test/_helpers/**', '!test/fixtures/**'],
	extensions: {ts: 'module'},
	nodeArguments: ['--import=tsx'],
};

export default {
	...(compiled === undefined ? sources : compiledTests),
	// AVA's worker threads do not load tsx, and tests change the folder and the umask of their process.
	workerThreads: false,
	timeout: '2m',
	watchMode: {ignoreChanges: ['.tests/**']},
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
