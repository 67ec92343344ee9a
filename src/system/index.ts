export {isAbandoned, isAlive, removeAbandoned} from './abandoned.js';
export {withFileLock} from './file-lock.js';
export {
	createRunner, renderCommand, runChecked, type Command, type Runner, type RunOptions, type RunResult,
} from './run.js';
export {endGroups} from './run-group.js';
export {pause} from './pause.js';
export {
	digestOfFile, exists, fileError, folderBelow, inMemory, isAbsent, makeFolder, readFolder, readingError, readText, withTemporaryFolder, writeWhole,
} from './files.js';
export {findRepositories, type Repository} from './find-repositories.js';
export {knownDigest, rememberDigest, stateOfFile} from './known-digest.js';
export {systemClock, type Clock} from './clock.js';
export {createStore} from './store.js';
export {
	connectionsPerHost, createHttp, extendHttp, isWorthRetrying, redactUrl, splitCredentials, type HttpClient, type HttpOptions, type PlainResponse,
} from './http.js';
export {httpFailure, statusFailure} from './http-error.js';
export {
	createRetryPolicy, createSteadyRetry, parseRetryAfter, type RetryPolicy,
} from './http-retry.js';
export {
	listen, type HttpAnswer, type HttpOutcome, type HttpRequest, type HttpServer, type Listen,
} from './http-server.js';
export {
	compressionOf, compressionOfFile, extractArchive, readMembers, readZipPart, type ArchiveLimits,
} from './archive.js';
export {
	digestOfPart, streamPart, type FilePart,
} from './file-part.js';
export {listTarMembers, type TarMember} from './tar-members.js';
export {
	canonicalizeZip, writeTar, writeZip, type ArchiveEntry,
} from './archive-write.js';
export {
	createGit, type Git, type GitOptions,
} from './git.js';
export type {GitTree} from './git-fetch.js';
export {commandInFolder} from './git-surroundings.js';
