export {sourceName, type PinnedSource, type SourceWanted} from './source.js';
export {pinSources, type Pins} from './pin-sources.js';
export {planSource} from './plan-source.js';
export {sourceHandlers} from './source-handlers.js';
