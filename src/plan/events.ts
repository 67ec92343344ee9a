import type {Progress} from './handler.js';
import type {Json, Step} from './plan.js';

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
export type PlanEvent
	/** Told once, when it is known what is to be done; the steps that are unchanged then are told nowhere else. */
	= | {readonly type: 'plan'; readonly steps: ReadonlyArray<{readonly step: Step; readonly state: 'run' | 'unchanged'}>}
		| {readonly type: 'start'; readonly step: Step}
		| {readonly type: 'progress'; readonly step: Step; readonly progress: Progress}
		| {readonly type: 'warning'; readonly message: string; readonly step?: Step}
		| {readonly type: 'note'; readonly message: string}
	/** One for each step of state `run`, also for those that never started. */
		| {readonly type: 'end'; readonly outcome: Outcome};

export type Reporter = {
	event(event: PlanEvent): void;
	/** Ends the display; nothing is drawn afterwards. */
	close(): Promise<void>;
};
