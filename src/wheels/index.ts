export type {WheelEffects} from './effects.js';
export {wheelHandlers} from './handlers.js';
export type {FromSource, WheelInputs, WheelRoots} from './inputs.js';
export type {Lock, LockedPackage} from './lock.js';
export {lockWheels, type LockOptions} from './lock-wheels.js';
export type {LockEffects} from './resolve-lock.js';
export {
	openTarball, wheelsOfTarball, type TarballWheel, type WheelSet,
} from './open-tarball.js';
export {
	planWheels, type FileResult, type PlanWheelsRequest, type WheelPlan, type WheelRef,
} from './plan-wheels.js';
export {readWheelInputs} from './read-wheel-inputs.js';
export {recordFile, type TarballResult} from './tarball-handler.js';
export {fetchUv, type UvNetwork, type UvProgram} from './uv.js';
