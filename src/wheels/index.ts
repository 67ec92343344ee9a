export {
	diffLocks, type ChangedBuild, type ChangedWheel, type LockDifference,
} from './asking/diff-locks.js';
export {explainWheel, type WheelExplanation} from './asking/explain-wheel.js';
export {listWheels, type ListedWheel} from './asking/list-wheels.js';
export {initWheelList, type InitRequest} from './asking/init-wheel-list.js';
export {readLock, readNamedLock} from './asking/read-lock.js';
export type {ReducedList} from './asking/reduce-wheel-list.js';
export {planChecks, type PlanChecksRequest} from './check/plan-checks.js';
export type {WheelEffects} from './effects.js';
export {wheelHandlers} from './handlers.js';
export type {
	LeftOut, LocalModule, WheelInputs, WheelRoots,
} from './inputs/inputs.js';
export {createDocumentFetcher} from './inputs/fetch-document.js';
export {lintWheelLists, type LintedList, type LintRequest} from './inputs/lint-wheel-lists.js';
export {
	leftOutOf, type Lock, type LockedPackage, type LockedRef,
} from './lock/lock.js';
export {
	changesOfLock, lockedDocuments, lockedSources, lockWheels, type LockOptions,
} from './lock/lock-wheels.js';
export type {LockEffects} from './lock/resolve-lock.js';
export {
	openTarball, usableWheels, wheelsOfTarball, type TarballWheel, type WheelSet,
} from './tarball/open-tarball.js';
export {planWheels, type PlanWheelsRequest, type WheelPlan} from './plan-wheels.js';
export type {FileResult, WheelRef} from './step-inputs.js';
export type {FetchDocument} from './inputs/read-constraints.js';
export {readGitProject} from './inputs/read-git-project.js';
export type {Project} from './inputs/parse-project.js';
export {readModuleFolder} from './inputs/read-module-folder.js';
export {readWheelInputs, type ReadOptions} from './inputs/read-wheel-inputs.js';
export {announcedTarball, recordFile} from './tarball/record.js';
export type {TarballResult} from './tarball/tarball-handler.js';
export {fetchUv, type UvProgram} from './lock/uv.js';
export {formatOutcome} from './serve/format-outcome.js';
export {
	serveWheels, type ServeEffects, type ServeRequest, type WheelServer,
} from './serve/serve-wheels.js';
export {addLocalWheels, readLocalWheels} from './inputs/read-local-wheels.js';
export {planRebuilds, type PlanRebuildsRequest} from './rebuild/plan-rebuilds.js';
export {readExceptions} from './rebuild/read-exceptions.js';
export {planPush, type PushRequest} from './tarball/plan-push.js';
