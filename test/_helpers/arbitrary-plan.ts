/** Random plans for property tests. */
import fc from 'fast-check';
import type {Plan} from '../../src/plan/index.js';
import {stepOf} from './plan-of.js';

/** Up to `size` steps in random order; each needs some of a random order's earlier ones, uses some resource, has a weight. */
export function arbitraryPlan(size = 24): fc.Arbitrary<Plan> {
	const parts = fc.record({
		needs: fc.array(fc.nat(), {maxLength: 3}),
		uses: fc.constantFrom('network' as const, 'cpu' as const, 'none' as const),
		weight: fc.integer({min: 1, max: 60}),
		target: fc.boolean(),
		place: fc.nat(),
	});
	return fc.array(parts, {minLength: 1, maxLength: size}).map(list => ({
		version: 1,
		steps: list
			.map(({needs, place, ...rest}, index) => ({
				place,
				step: stepOf({...rest, id: `s${index}`, needs: index === 0 ? [] : [...new Set(needs.map(need => `s${need % index}`))]}),
			}))
			.toSorted((a, b) => a.place - b.place)
			.map(({step}) => step),
	}));
}

/** All steps that need one of these, by any way round. */
export function downstreamOf({steps}: Plan, ids: Iterable<string>): ReadonlySet<string> {
	const found = new Set<string>();
	const roots = new Set(ids);
	let size = -1;
	while (size !== found.size) {
		size = found.size;
		for (const step of steps.filter(({needs}) => needs.some(need => roots.has(need) || found.has(need)))) {
			found.add(step.id);
		}
	}

	return found;
}
