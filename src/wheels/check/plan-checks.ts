/** From images to the steps that prove their wheels. Pure. */
import {
	keyed, type Digest, type Key, type Step,
} from '../../plan/index.js';
import type {WheelRoots} from '../inputs/inputs.js';
import type {WheelRef} from '../step-inputs.js';

export type CheckInputs = {
	readonly label: string;
	/** What the image asks for, PEP 508. */
	readonly requirements: readonly string[];
	/** Step whose result is the base image. */
	readonly base: string;
	/** The wheels that the image gets. */
	readonly wheels: readonly WheelRef[];
	/** Constraints of a tarball that is taken as it is; null where they follow from the wheels. */
	readonly constraints: Digest | null;
};

export type PlanChecksRequest = {
	/** The images, with what they ask for. */
	readonly roots: readonly WheelRoots[];
	readonly base: Pick<Step, 'id' | 'key'>;
	readonly wheelsOf: (label: string) => readonly WheelRef[];
	/** The steps that give wheels, if there are any. */
	readonly wheelSteps: ReadonlyArray<Pick<Step, 'id' | 'key'>>;
	readonly constraints?: Digest | undefined;
};

/** Counted up when a check proves something else. */
const checkRecipe = 1;

/**
Plans a `wheels.check` for each image. Its key holds what the image asks for, the wheels it gets, and the base image: a
check is made again when one of them is another, and does not wait for wheels that are not the image's.
*/
export function planChecks({roots, base, wheelsOf, wheelSteps, constraints}: PlanChecksRequest): readonly Step[] {
	const keyOfStep = new Map<string, Key>(wheelSteps.map(({id, key}) => [id, key]));
	return roots.map(({label, requirements}): Step => {
		const wheels = wheelsOf(label);
		const inputs: CheckInputs = {
			label, requirements, base: base.id, wheels, constraints: constraints ?? null,
		};
		return {
			id: `check:${label}`,
			kind: 'wheels.check',
			title: `check the wheels of ${label} (${wheels.length})`,
			group: 'wheels',
			needs: [base.id, ...wheels.flatMap(wheel => 'step' in wheel ? [wheel.step] : [])],
			...keyed({
				kind: 'wheels.check',
				recipe: checkRecipe,
				requirements: [...requirements].toSorted(),
				base: base.key,
				wheels: Object.fromEntries(wheels.map(wheel => [wheel.name, [wheel.version, 'step' in wheel ? keyOfStep.get(wheel.step) ?? null : wheel.digest]])),
				constraints,
			}),
			inputs,
			uses: 'cpu',
			weight: 10 + Math.ceil(wheels.length / 10),
			target: true,
		};
	});
}
