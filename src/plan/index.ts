export {
	canonicalJson, formatPart, keyed, keyOf,
} from './key.js';
export {explainStep, recallReason, type StepReason} from './explain-step.js';
export {
	recallStep, rememberSteps, type Memory, type PartChange, type Remembered,
} from './remember-steps.js';
export {checkPlan, sortSteps} from './check-plan.js';
export {neededSteps} from './needed-steps.js';
export {executePlan, type ExecuteOptions, type ExecutePlan} from './execute-plan.js';
export type {Capacity} from './budget.js';
export type {
	Amounts, Json, Key, KeyParts, Plan, Resource, Step,
} from './plan.js';
export type {Digest, Store} from './store.js';
export type {
	Handler, Handlers, Progress, StepContext,
} from './handler.js';
export type {Outcome, PlanEvent, Reporter} from './events.js';
