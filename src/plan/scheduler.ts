import {createBudget, type Capacity} from './budget.js';
import type {Resource, Step} from './plan.js';

/** Decides which step starts next. It knows nothing of how steps are run. */
export type Scheduler = {
	/** The step to start now, which takes its share; undefined when none can start before another has ended. */
	next(): Step | undefined;
	/** A step has ended well: its share is free, and what waited for it alone is ready. */
	done(step: Step): void;
	/**
	A step has ended badly: its share is free, and nothing that needs it will start.
	@returns the steps that can no longer be run, in the order they were given; no step is given twice.
	*/
	failed(step: Step): readonly Step[];
};

type Waiting = {
	readonly step: Step;
	/** Seconds from the start of this step to the end of the longest chain of steps that waits for it. */
	readonly chain: number;
	readonly after: Set<Step>;
	/** What needs this step. */
	readonly dependants: readonly Step[];
	/** What waits for this step to end, in whatever way: the dependants, and the next step with the same key. */
	readonly followers: readonly Step[];
};

export type SchedulerOptions = {
	/** How long a step took before; what it says itself by default. */
	readonly seconds?: (step: Step) => number | undefined;
	/** Seconds that never go back. */
	readonly now?: () => number;
};

/**
List scheduling by critical path: of the steps that are ready and use the same resource, the one at the head of the
longest chain starts first (R. L. Graham, Bounds on multiprocessing timing anomalies, 1969), and an urgent one before it.
When there is no room for it yet, as it takes several processors or much memory, others may start that are expected to be
over before there is, or that fit beside it; so it does not wait for ever (D. G. Feitelson and A. M. Weil, Utilization and
predictability in scheduling the IBM SP2 with backfilling, 1998).

Two steps with the same kind and key do not run at once: the later one starts when the other has ended and can then take
its result.

@param steps the steps to run, each after all it needs (`sortSteps`); needs that are not among them count as done.
*/
export function createScheduler(steps: readonly Step[], capacity: Capacity, {seconds, now = () => 0}: SchedulerOptions = {}): Scheduler {
	const secondsOf = (step: Step): number => seconds?.(step) ?? step.weight ?? 1;
	const waiting = arrange(steps, secondsOf);
	const ready: Record<Resource, Step[]> = {network: [], cpu: [], none: []};
	const budget = createBudget(capacity);
	const blocked = new Set<Step>();
	const rankOf = (step: Step): number => step.urgent ? Number.POSITIVE_INFINITY : waiting.get(step)!.chain;
	const makeReady = (step: Step): void => {
		// Kept with what goes first at the end. The lists are short: what is ready, not what is planned.
		const queue = ready[step.uses];
		const rank = rankOf(step);
		const at = queue.findIndex(other => rankOf(other) >= rank);
		queue.splice(at === -1 ? queue.length : at, 0, step);
	};

	const unlock = (step: Step): void => {
		for (const follower of waiting.get(step)!.followers) {
			const {after} = waiting.get(follower)!;
			after.delete(step);
			if (after.size === 0 && !blocked.has(follower)) {
				makeReady(follower);
			}
		}
	};

	const release = (step: Step): void => {
		budget.free(step);
		unlock(step);
	};

	for (const {step, after} of waiting.values()) {
		if (after.size === 0) {
			makeReady(step);
		}
	}

	return {
		next() {
			const start = now();
			const timesOf = (step: Step) => ({start, end: start + secondsOf(step)});
			for (const queue of [ready.none, ready.network, ready.cpu]) {
				const head = queue.at(-1);
				const step = head && queue.findLast(step => budget.fits(step) && (step === head || budget.leavesRoom(step, timesOf(step), head)));
				if (step) {
					queue.splice(queue.lastIndexOf(step), 1);
					budget.take(step, timesOf(step));
					return step;
				}
			}

			return undefined;
		},
		done: release,
		failed(failure) {
			const newlyBlocked = new Set<Step>();
			const path = [failure];
			while (path.length > 0) {
				for (const dependant of waiting.get(path.pop()!)!.dependants.filter(step => !blocked.has(step))) {
					blocked.add(dependant);
					newlyBlocked.add(dependant);
					path.push(dependant);
				}
			}

			release(failure);
			// A blocked step never ends, and a step with the same key may have waited for its turn behind it.
			for (const step of newlyBlocked) {
				unlock(step);
			}

			return steps.filter(step => newlyBlocked.has(step));
		},
	};
}

/** Works out what each step waits for and how long the chain behind it is, from the last step to the first. */
function arrange(steps: readonly Step[], secondsOf: (step: Step) => number): ReadonlyMap<Step, Waiting> {
	const byId = new Map(steps.map(step => [step.id, step]));
	const lastWithKey = new Map<string, Step>();
	const after = new Map<Step, Set<Step>>();
	const dependants = new Map<Step, Step[]>(steps.map(step => [step, []]));
	const followers = new Map<Step, Set<Step>>(steps.map(step => [step, new Set()]));
	for (const step of steps) {
		const needed = new Set(step.needs.flatMap(id => byId.get(id) ?? []));
		const twinKey = `${step.kind} ${step.key}`;
		const twin = lastWithKey.get(twinKey);
		lastWithKey.set(twinKey, step);
		for (const need of needed) {
			dependants.get(need)!.push(step);
		}

		const first = twin ? new Set([...needed, twin]) : needed;
		for (const other of first) {
			followers.get(other)!.add(step);
		}

		after.set(step, first);
	}

	const waiting = new Map<Step, Waiting>();
	for (const step of steps.toReversed()) {
		const chains = [...followers.get(step)!].map(follower => waiting.get(follower)!.chain);
		waiting.set(step, {
			step,
			chain: secondsOf(step) + Math.max(0, ...chains),
			after: after.get(step)!,
			dependants: dependants.get(step)!,
			followers: [...followers.get(step)!],
		});
	}

	return new Map([...waiting].toReversed());
}
