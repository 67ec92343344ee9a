export {checkMachine, type CheckEffects} from './checks.js';
export type {Finding} from './finding.js';
