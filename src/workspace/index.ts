export {findConfig, listConfig, type ConfigFolders} from './config-folders.js';
export {imagesFolder, lockFile, osName, wheelsFolder, wheelsTarball} from './places.js';
export type {Dialect, Origin, Settings, Sourced, Stream} from './settings.js';
