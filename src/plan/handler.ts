import type {Json, Step} from './plan.js';

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
	/**
	What the results are bound to besides their key: the name of the engine that has the image. Results that are bound to
	something else are not asked for, and stay for when that is used again.
	*/
	boundTo?(): Promise<string>;
	/** Whether an earlier result is still true: the image is still in the engine, the file still in the store. */
	holds(result: Json, step: Step): Promise<boolean>;
	run(step: Step, context: StepContext): Promise<Json>;
	/** Where this step writes its log, if it writes one. */
	logFile?(step: Step): string;
};

/** Handlers by the kind of step they do. */
export type Handlers = Readonly<Record<string, Handler>>;
