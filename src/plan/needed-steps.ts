import type {Step} from './plan.js';

/**
Leaves out the steps that no target needs: what is never done is not part of a plan.

@param steps the steps of a checked plan.
@returns the targets and all that they need, in their order; all steps where none is a target.
*/
export function neededSteps(steps: readonly Step[]): readonly Step[] {
	const targets = steps.filter(({target}) => target);
	if (targets.length === 0) {
		return steps;
	}

	const byId = new Map(steps.map(step => [step.id, step]));
	const needed = new Set(targets);
	// A set that grows while it is walked is walked to its end.
	for (const step of needed) {
		for (const id of step.needs) {
			needed.add(byId.get(id)!);
		}
	}

	return steps.filter(step => needed.has(step));
}
