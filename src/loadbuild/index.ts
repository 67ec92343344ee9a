export {executeLoadbuild, type Ended} from './execute-loadbuild.js';
export {describePlan, formatPlan, type PlanDocument} from './describe-plan.js';
export {prepareLoadbuild, type Prepared} from './prepare-loadbuild.js';
export type {Effects, LoadbuildRequest} from './request.js';
