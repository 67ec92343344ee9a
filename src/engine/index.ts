export type {
	BuildRequest, Engine, EngineName, ImageConfig, ImageId, ImportRequest, Mount, RunRequest, Secret,
} from './engine.js';
export {engineNames} from './engine.js';
export {
	formatLabels, revisionLabel, sourceLabel, type Labels,
} from './format-labels.js';
export {createRetryingEngine} from './retry-engine.js';
export {selectEngine, type SelectOptions} from './select-engine.js';
export {probeEngines, type EngineCheck} from './probe-engines.js';
export {findLeaks} from './find-leaks.js';
export {
	explainReference, explainWrittenReference, formatLocalReference, isImageId, isLoopbackRegistry, normalizeReference, splitReference, type ReferenceParts,
} from './parse-reference.js';
export {confine} from './plan-confinement.js';
export {mountsName, roomyFolder} from './roomy-folder.js';
export {secretIds, withSecrets, type BuildNetwork} from './with-secrets.js';
