export {listLeftOut} from './bring-lock.js';
export {executeLoadbuild, type Ended} from './execute-loadbuild.js';
export {explain, planned, type Explanation} from './explain.js';
export {explanationJson, formatExplanation} from './format-explanation.js';
export {describePlan, formatPlan, type PlanDocument} from './describe-plan.js';
export {createInputFetcher} from './input-fetcher.js';
export {lockLoadbuild, type Locked} from './lock-loadbuild.js';
export {prepareLoadbuild, type Prepared} from './prepare-loadbuild.js';
export type {Effects, LoadbuildRequest} from './request.js';
