import type {PlanEvent, Progress, Step} from '../plan/index.js';

export type RunningStep = {
	readonly step: Step;
	/** When it started, in the clock's milliseconds. */
	readonly since: number;
	/** What it said last. */
	readonly progress: Progress;
};

/** Which steps run now, and how far they are. */
export type RunningSteps = {
	apply(event: PlanEvent): void;
	has(step: Step): boolean;
	/** Longest-running first. */
	list(): readonly RunningStep[];
};

/** @param now monotonic milliseconds */
export function createRunningSteps(now: () => number): RunningSteps {
	const running = new Map<Step, RunningStep>();
	return {
		apply(event) {
			switch (event.type) {
				case 'start': {
					running.set(event.step, {step: event.step, since: now(), progress: {}});
					break;
				}

				case 'progress': {
					const known = running.get(event.step);
					if (known) {
						running.set(event.step, {...known, progress: event.progress});
					}

					break;
				}

				case 'end': {
					running.delete(event.outcome.step);
					break;
				}

				case 'plan':
				case 'note':
				case 'warning':
			}
		},
		has: step => running.has(step),
		list: () => [...running.values()],
	};
}
