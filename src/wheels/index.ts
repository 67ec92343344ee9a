export type {WheelEffects} from './effects.js';
export {wheelHandlers} from './handlers.js';
export type {FromSource, WheelInputs, WheelRoots} from './inputs/inputs.js';
export type {Lock, LockedPackage} from './lock/lock.js';
export {lockWheels, type LockOptions} from './lock/lock-wheels.js';
export type {LockEffects} from './lock/resolve-lock.js';
export {
	openTarball, wheelsOfTarball, type TarballWheel, type WheelSet,
} from './tarball/open-tarball.js';
export {
	planWheels, type FileResult, type PlanWheelsRequest, type WheelPlan, type WheelRef,
} from './plan-wheels.js';
export {readWheelInputs} from './inputs/read-wheel-inputs.js';
export {recordFile, type TarballResult} from './tarball/tarball-handler.js';
export {fetchUv, type UvNetwork, type UvProgram} from './lock/uv.js';
