export {checkMachine, type CheckEffects, type Finding} from './checks.js';
