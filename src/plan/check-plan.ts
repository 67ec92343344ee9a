import {BuildError, throwProblems} from '../errors.js';
import type {Plan, Step} from './plan.js';

/**
Checks that a plan can be executed: every id is there once, every need is the id of a step, and no step needs itself
by any way round.

@throws BuildError STX0801, with all that is wrong at once.
*/
export function checkPlan(plan: Plan): void {
	const steps = new Map<string, Step>();
	const problems: BuildError[] = [];
	for (const step of plan.steps) {
		const other = steps.get(step.id);
		if (other) {
			problems.push(new BuildError('STX0801', `two steps have the id \`${step.id}\`: \`${other.title}\` and \`${step.title}\``));
		}

		steps.set(step.id, step);
	}

	for (const step of steps.values()) {
		for (const need of step.needs.filter(id => !steps.has(id))) {
			problems.push(new BuildError('STX0801', `the step \`${step.id}\` needs \`${need}\`, which is not in the plan`));
		}
	}

	const cycle = findCycle(steps);
	if (cycle) {
		problems.push(new BuildError('STX0801', `steps need each other in a circle: ${cycle.map(id => `\`${id}\``).join(' -> ')}`));
	}

	throwProblems(problems);
}

/**
Sorts steps so that each comes after all it needs; steps that do not depend on each other keep their order.
Needs that are not among the steps count as done.

@param steps the steps of a checked plan, or some of them.
*/
export function sortSteps(steps: readonly Step[]): readonly Step[] {
	const byId = new Map(steps.map(step => [step.id, step]));
	const sorted = new Set<Step>();
	for (const root of steps) {
		const path = [{step: root, next: 0}];
		while (path.length > 0) {
			const top = path.at(-1)!;
			const need = top.step.needs[top.next++];
			if (need === undefined) {
				sorted.add(top.step);
				path.pop();
			} else {
				const step = byId.get(need);
				if (step && !sorted.has(step)) {
					path.push({step, next: 0});
				}
			}
		}
	}

	return [...sorted];
}

/** One circle of needs, its first id again at its end; undefined when there is none. */
function findCycle(steps: ReadonlyMap<string, Step>): readonly string[] | undefined {
	const done = new Set<string>();
	for (const root of steps.keys()) {
		const path: Array<{id: string; next: number}> = done.has(root) ? [] : [{id: root, next: 0}];
		const onPath = new Set(path.map(({id}) => id));
		while (path.length > 0) {
			const top = path.at(-1)!;
			const need = steps.get(top.id)?.needs[top.next++];
			if (need === undefined) {
				done.add(top.id);
				onPath.delete(top.id);
				path.pop();
			} else if (onPath.has(need)) {
				return [...path.map(({id}) => id).slice(path.findIndex(({id}) => id === need)), need];
			} else if (!done.has(need)) {
				onPath.add(need);
				path.push({id: need, next: 0});
			}
		}
	}

	return undefined;
}
