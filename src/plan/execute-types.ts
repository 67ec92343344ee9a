import type {Json, Plan, Step} from './plan.js';
import type {Store} from './store.js';

/** How far a running step is. Bytes or items, or a line of what it is doing now. */
export type Progress = {
	readonly done?: number;
	readonly total?: number;
	readonly unit?: 'bytes' | 'items';
	readonly text?: string;
};

/** What a handler may use while it runs its step. */
export type StepContext = {
	/** The result of a step named in `needs`. */
	result(id: string): Json;
	progress(progress: Progress): void;
	warn(message: string): void;
	/** Aborted on Ctrl+C. A handler leaves nothing behind: no container, no mount, no half-written file. */
	readonly signal: AbortSignal;
};

/** How the steps of one kind are done. */
export type Handler = {
	/** Whether an earlier result is still true: the image is still in the engine, the file still in the store. */
	holds(result: Json, step: Step): Promise<boolean>;
	run(step: Step, context: StepContext): Promise<Json>;
	/** Where this step writes its log, if it writes one. */
	logFile?(step: Step): string;
};

export type Handlers = Readonly<Record<string, Handler>>;

/** built: done in this run. unchanged: an earlier result holds. blocked: something it needs failed. */
export type Outcome = {
	readonly step: Step;
	readonly status: 'built' | 'unchanged' | 'failed' | 'blocked' | 'interrupted';
	readonly seconds: number;
	readonly result?: Json;
	readonly error?: Error;
	/** The id of the failed step that blocks this one. */
	readonly blockedBy?: string;
	readonly log?: string;
};

/** What is told while a plan runs. Reporters turn these into a list, lines, or JSON. */
export type PlanEvent =
	| {readonly type: 'plan'; readonly steps: ReadonlyArray<{readonly step: Step; readonly state: 'run' | 'unchanged'}>}
	| {readonly type: 'start'; readonly step: Step}
	| {readonly type: 'progress'; readonly step: Step; readonly progress: Progress}
	| {readonly type: 'warning'; readonly message: string; readonly step?: Step}
	| {readonly type: 'note'; readonly message: string}
	| {readonly type: 'end'; readonly outcome: Outcome};

export type Reporter = {
	event(event: PlanEvent): void;
	/** Ends the display; nothing is drawn afterwards. */
	close(): Promise<void>;
};

export type ExecuteOptions = {
	readonly handlers: Handlers;
	readonly store: Store;
	readonly reporter: Reporter;
	readonly signal: AbortSignal;
	/** How many steps may use each resource at once. */
	readonly capacity: {readonly network: number; readonly cpu: number};
	/** Monotonic milliseconds. */
	readonly now: () => number;
};

export type ExecutePlan = (plan: Plan, options: ExecuteOptions) => Promise<readonly Outcome[]>;
