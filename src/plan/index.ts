export {canonicalJson, keyOf} from './key.js';
export {checkPlan, sortSteps} from './check-plan.js';
export {executePlan, type ExecuteOptions, type ExecutePlan} from './execute-plan.js';
export type {Capacity} from './scheduler.js';
export type {
	Json, Key, Plan, Resource, Step,
} from './plan.js';
export type {Digest, Store} from './store.js';
export type {
	Handler, Handlers, Progress, StepContext,
} from './handler.js';
export type {Outcome, PlanEvent, Reporter} from './events.js';
