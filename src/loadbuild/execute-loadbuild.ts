import {executePlan, rememberSteps, type Outcome} from '../plan/index.js';
import {connectionsPerHost, exists} from '../system/index.js';
import {followGeneration} from './base-generation.js';
import {memoryOf} from './explain.js';
import type {Prepared} from './prepare-loadbuild.js';
import {refuseNetwork} from './refuse-network.js';
import {removeLeftovers} from './remove-leftovers.js';
import type {Effects} from './request.js';

export type Ended = {
	readonly outcomes: readonly Outcome[];
	readonly seconds: number;
	/** 0 when all is done, 1 when something failed, 130 when it was interrupted. */
	readonly exitCode: number;
};

/**
Does what was planned. A step that fails does not reject: it is in the outcomes.

@throws BuildError when the plan needs an engine and none answers, STX0306 when it needs the network and may not ask it;
nothing has been started then.
*/
export async function executeLoadbuild({plan, handlers: all, settings, generation}: Prepared, {store, reporter, signal, clock, engine}: Effects): Promise<Ended> {
	const started = clock.monotonic();
	// A machine without an engine is told at once, not after minutes of work that needs none.
	if (plan.steps.some(({kind}) => all[kind]?.boundTo)) {
		await engine();
	}

	await removeLeftovers(settings, clock.now());
	const {handlers, end} = followGeneration(generation, {plan, handlers: all, store});
	const outcomes = await executePlan(plan, {
		handlers,
		store,
		reporter,
		signal,
		capacity: {network: connectionsPerHost, cpu: settings.jobs, memory: settings.memory * 1024},
		now: () => clock.monotonic(),
		isWritten: exists,
		...(settings.offline && {refuse: refuseNetwork}),
	});
	await rememberSteps(outcomes, memoryOf(settings, store));
	const exitCode = exitCodeOf(outcomes);
	if (exitCode !== interrupted) {
		await end();
	}

	return {outcomes, seconds: (clock.monotonic() - started) / 1000, exitCode};
}

const interrupted = 130;

function exitCodeOf(outcomes: readonly Outcome[]): number {
	if (outcomes.some(({status}) => status === 'interrupted')) {
		return interrupted;
	}

	return outcomes.some(({status}) => status === 'failed' || status === 'blocked') ? 1 : 0;
}
