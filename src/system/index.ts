export {
	createRunner, renderCommand, runChecked, type Command, type Runner, type RunOptions, type RunResult,
} from './run.js';
export {
	digestOfFile, exists, fileError, makeFolder, readText, withTemporaryFolder, writeWhole,
} from './files.js';
export {systemClock, type Clock} from './clock.js';
export {createStore} from './store.js';
export {
	createHttp, isWorthRetrying, redactUrl, splitCredentials, type HttpClient, type HttpOptions, type PlainResponse,
} from './http.js';
export {httpFailure, statusFailure} from './http-error.js';
export {
	createRetryPolicy, parseRetryAfter, type RetryPolicy,
} from './http-retry.js';
export {
	extractArchive, readMembers, type ArchiveLimits,
} from './archive.js';
export {
	canonicalizeZip, writeTar, writeZip, type ArchiveEntry,
} from './archive-write.js';
