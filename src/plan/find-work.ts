import pMap from 'p-map';
import {asError} from '../errors.js';
import {sortSteps} from './check-plan.js';
import type {Handler, Handlers} from './handler.js';
import {keyOf} from './key.js';
import type {
	Json, Key, Plan, Step,
} from './plan.js';
import type {Store} from './store.js';

/** How many questions to the store and the engine are asked at once. */
const questionsAtOnce = 16;

/** What a run has to do. Steps that only an unchanged step needs are in none of the lists. */
export type Work = {
	/** To be run, each after all it needs. */
	readonly run: readonly Step[];
	/** Earlier results that hold, by step. */
	readonly unchanged: ReadonlyMap<Step, Json>;
	/** Steps of which it could not be found out whether their result holds. They are in `run` too. */
	readonly failed: ReadonlyMap<Step, Error>;
};

type Earlier = {readonly step: Step; readonly result?: Json; readonly error?: Error};

/**
Finds out from the targets backwards what must be done: a step whose earlier result holds is unchanged, and what it
needs is not even looked at unless another step wants it.

@param plan a checked plan; when none of its steps is marked as a target, all are.
*/
export async function findWork(plan: Plan, options: {readonly handlers: Handlers; readonly store: Store; readonly signal: AbortSignal}): Promise<Work> {
	const byId = new Map(plan.steps.map(step => [step.id, step]));
	const targets = plan.steps.filter(step => step.target);
	const seen = new Map<Step, Earlier>();
	let wanted: readonly Step[] = targets.length > 0 ? targets : plan.steps;
	while (wanted.length > 0) {
		const answers = await pMap(wanted, async step => askEarlier(step, options), {concurrency: questionsAtOnce});
		for (const answer of answers) {
			seen.set(answer.step, answer);
		}

		const needs = answers.filter(answer => answer.result === undefined).flatMap(({step}) => step.needs.map(id => byId.get(id)!));
		wanted = [...new Set(needs)].filter(step => !seen.has(step));
	}

	const earlier = [...seen.values()];
	return {
		run: sortSteps(plan.steps.filter(step => seen.has(step) && seen.get(step)!.result === undefined)),
		unchanged: new Map(earlier.flatMap(({step, result}) => result === undefined ? [] : [[step, result]])),
		failed: new Map(earlier.flatMap(({step, error}) => error === undefined ? [] : [[step, error]])),
	};
}

async function askEarlier(step: Step, {handlers, store, signal}: Parameters<typeof findWork>[1]): Promise<Earlier> {
	if (signal.aborted) {
		return {step};
	}

	try {
		const result = await earlierResult(step, {handlers, store});
		return {step, ...(result !== undefined && {result})};
	} catch (error) {
		return {step, error: asError(error)};
	}
}

/** The result that an earlier run kept under this step's key, when it still holds. */
export async function earlierResult(step: Step, {handlers, store}: {readonly handlers: Handlers; readonly store: Store}): Promise<Json | undefined> {
	const handler = handlers[step.kind]!;
	const result = await store.result(await resultKey(step, handler));
	return result !== undefined && await handler.holds(result, step) ? result : undefined;
}

/** The key under which the result of a step is kept. */
export async function resultKey(step: Step, handler: Handler): Promise<Key> {
	return handler.boundTo ? keyOf({key: step.key, boundTo: await handler.boundTo()}) : step.key;
}
