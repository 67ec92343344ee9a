export {createRegistry, type RegistryOptions} from './create-registry.js';
export {authFilePlaces, readAuthFiles} from './read-credentials.js';
export type {Copied, Manifest, Registry} from './registry.js';
