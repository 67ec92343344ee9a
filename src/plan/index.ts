export {canonicalJson, keyOf} from './key.js';
export type {Json, Key, Plan, Resource, Step} from './plan.js';
export type {Digest, Store} from './store.js';
export type {ExecuteOptions, ExecutePlan, Handler, Handlers, Outcome, PlanEvent, Progress, Reporter, StepContext} from './execute-types.js';
