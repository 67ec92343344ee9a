export {
	createPypiClient, type FetchOptions, type PypiClient, type PypiOptions, type TarballOptions, type WantedFile,
} from './client.js';
export {
	createFileOrder, isUnpackable, readCandidate, type Candidate, type FileOrder,
} from './candidate.js';
export type {Choice} from './choose-file.js';
export type {
	IndexFile, Packument, ProjectStatus, ResolvedFile,
} from './packument.js';
export {blake2OfUrl} from './parse-file-url.js';
