export {createRegistry, type RegistryOptions} from './create-registry.js';
export {
	createPublisher, isUnanswered, type Name, type Published,
} from './publish.js';
export {formatRecord, notePushed, readRecord} from './record.js';
export {authFilePlaces, readAuthFiles} from './read-credentials.js';
export type {Copied, Manifest, Registry} from './registry.js';
