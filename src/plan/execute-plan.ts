import {asError, BuildError, throwProblems} from '../errors.js';
import type {Capacity} from './budget.js';
import {checkPlan} from './check-plan.js';
import {keepDuration, readDurations} from './durations.js';
import type {Outcome, Reporter} from './events.js';
import {earlierResult, findWork, resultKey} from './find-work.js';
import type {Handlers, StepContext} from './handler.js';
import type {Json, Plan, Step} from './plan.js';
import {createScheduler} from './scheduler.js';
import type {Store} from './store.js';

export type ExecuteOptions = {
	readonly handlers: Handlers;
	readonly store: Store;
	readonly reporter: Reporter;
	/** When it is aborted nothing new starts, what runs is told to stop and is awaited. */
	readonly signal: AbortSignal;
	/** What all steps may use together. */
	readonly capacity: Capacity;
	/** Monotonic milliseconds. */
	readonly now: () => number;
	/** Whether a log is there: a step that ended before it wrote one has none. All are, unless it is said. */
	readonly isWritten?: (log: string) => Promise<boolean>;
	/** Why a step that has to be run must not be: all are asked before the first is started. */
	readonly refuse?: (step: Step) => BuildError | undefined;
};

export type ExecutePlan = (plan: Plan, options: ExecuteOptions) => Promise<readonly Outcome[]>;

/**
Does what a plan asks for and is not done yet. A step starts as soon as all it needs is done and there is room for it;
its result is kept in the store at once, so that a run that is killed goes on from there. A failure stops only what
needs the failed step.

@returns an outcome for each step that is a target or that a target's work needed, in the order of the plan. It does not
reject because a step failed: the outcome holds the error.
@throws BuildError STX0801 when the plan cannot be executed as it is, and what `refuse` says; nothing was started then.
*/
export const executePlan: ExecutePlan = async (plan, options) => {
	checkPlan(plan);
	checkHandlers(plan, options.handlers);
	const work = await findWork(plan, options);
	const {refuse} = options;
	throwProblems(refuse ? work.run.flatMap(step => refuse(step) ?? []) : []);
	const outcomes = new Map<Step, Outcome>([...work.unchanged].map(([step, result]) => [step, {
		step, status: 'unchanged', seconds: 0, result,
	}]));
	const toRun = new Set(work.run);
	options.reporter.event({
		type: 'plan',
		steps: plan.steps
			.filter(step => toRun.has(step) || work.unchanged.has(step))
			.map(step => ({step, state: toRun.has(step) ? 'run' : 'unchanged'})),
	});
	await runSteps(work.run, {outcomes, failed: work.failed, options});
	return plan.steps.flatMap(step => outcomes.get(step) ?? []);
};

function checkHandlers(plan: Plan, handlers: Handlers): void {
	const unknown = plan.steps.find(step => !Object.hasOwn(handlers, step.kind));
	if (unknown) {
		throw new BuildError('STX0801', `the step \`${unknown.id}\` is of the kind \`${unknown.kind}\`, which nothing here can do`);
	}
}

type Run = {
	/** What is known of each step; filled as the run goes on. */
	readonly outcomes: Map<Step, Outcome>;
	/** Steps that failed before they were run. */
	readonly failed: ReadonlyMap<Step, Error>;
	readonly options: ExecuteOptions;
};

/** Runs the steps and fills in their outcomes. Driven by the end of each step; there are no rounds. */
async function runSteps(steps: readonly Step[], {outcomes, failed, options}: Run): Promise<void> {
	const {reporter, signal} = options;
	const durations = await readDurations(steps, options.store);
	const scheduler = createScheduler(steps, options.capacity, {seconds: step => durations.get(step), now: () => options.now() / 1000});
	const resultOf = new Map<string, Json>([...outcomes.values()].map(({step, result}) => [step.id, result!]));
	const end = (outcome: Outcome): void => {
		outcomes.set(outcome.step, outcome);
		reporter.event({type: 'end', outcome});
	};

	const finish = (outcome: Outcome): void => {
		const {step} = outcome;
		end(outcome);
		if (outcome.result !== undefined) {
			resultOf.set(step.id, outcome.result);
			scheduler.done(step);
		} else if (outcome.status === 'failed') {
			for (const blocked of scheduler.failed(step)) {
				end({
					step: blocked, status: 'blocked', seconds: 0, blockedBy: step.id,
				});
			}
		}
	};

	await new Promise<void>((resolve, reject) => {
		let running = 0;
		const startReady = (): void => {
			let step;
			while (!signal.aborted && (step = scheduler.next())) {
				running++;
				void start(step);
			}

			if (running === 0) {
				resolve();
			}
		};

		const start = async (step: Step): Promise<void> => {
			try {
				const failure = failed.get(step);
				const outcome = failure
					? {
						step, status: 'failed', seconds: 0, error: failure,
					} as const
					: await runStep(step, resultOf, options);
				running--;
				finish(outcome);
				startReady();
			} catch (error) {
				// Not the step's failure, which is in its outcome: a reporter that throws.
				reject(asError(error));
			}
		};

		startReady();
	});

	for (const step of steps.filter(step => !outcomes.has(step))) {
		end({step, status: 'interrupted', seconds: 0});
	}
}

/** Runs one step to its end, whatever end that is. */
async function runStep(step: Step, resultOf: ReadonlyMap<string, Json>, {handlers, store, reporter, signal, now, isWritten}: ExecuteOptions): Promise<Outcome> {
	const handler = handlers[step.kind]!;
	const started = now();
	const log = handler.logFile?.(step);
	let ended = false;
	const context: StepContext = {
		// One of its own for each step: what listens to it adds up, and Node warns of the eleventh listener.
		signal: AbortSignal.any([signal]),
		result(id) {
			const result = step.needs.includes(id) ? resultOf.get(id) : undefined;
			if (result === undefined) {
				// eslint-disable-next-line no-restricted-syntax -- a bug of a handler, nothing a user can do about.
				throw new TypeError(`the step ${step.id} asks for the result of ${id}, which it does not need`);
			}

			return result;
		},
		progress(progress) {
			if (!ended) {
				reporter.event({type: 'progress', step, progress});
			}
		},
		warn(message) {
			reporter.event({type: 'warning', message, step});
		},
	};
	const about = async () => {
		const seconds = (now() - started) / 1000;
		const isThere = log !== undefined && (isWritten === undefined || await isWritten(log));
		return {step, seconds, ...(isThere && {log})};
	};

	try {
		// Asked again: another run, or a step with the same key, may have done it since the plan was looked through.
		const earlier = await earlierResult(step, {handlers, store});
		if (earlier !== undefined) {
			return {
				step, seconds: 0, status: 'unchanged', result: earlier,
			};
		}

		signal.throwIfAborted();
		reporter.event({type: 'start', step});
		const result = await handler.run(step, context);
		const known = await about();
		await store.keep(await resultKey(step, handler), result);
		await keepDuration(step, known.seconds, store);
		return {...known, status: 'built', result};
	} catch (error) {
		return {...await about(), status: signal.aborted ? 'interrupted' : 'failed', error: asError(error)};
	} finally {
		ended = true;
	}
}
