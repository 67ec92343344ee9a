import test from 'ava';
import fc from 'fast-check';
import {neededSteps} from '../../../src/plan/index.js';
import {arbitraryPlan} from '../../_helpers/arbitrary-plan.js';
import {planOf} from '../../_helpers/plan-of.js';

test('what no target needs is left out, in whatever order it stands', t => {
	const {steps} = planOf({
		image: ['wheel', 'base'], wheel: ['source'], base: [], source: [], other: ['base'],
	});
	const marked = (...targets: readonly string[]) => neededSteps(steps.map(step => ({...step, target: targets.includes(step.id)}))).map(({id}) => id);
	t.deepEqual(marked('wheel'), ['wheel', 'source']);
	t.deepEqual(marked('other', 'source'), ['base', 'source', 'other']);
	t.deepEqual(marked('image'), ['image', 'wheel', 'base', 'source']);
});

test('without a target all are needed', t => {
	const {steps} = planOf({base: [], wheel: ['base']});
	t.deepEqual(neededSteps(steps), steps);
});

test('nothing that a step needs is missing, and nothing else is there', t => {
	fc.assert(fc.property(arbitraryPlan(), ({steps}) => {
		fc.pre(steps.some(({target}) => target));
		const needed = neededSteps(steps);
		const ids = new Set(needed.map(({id}) => id));
		t.true(steps.every(({id, target}) => !target || ids.has(id)));
		t.true(needed.every(({needs}) => needs.every(id => ids.has(id))));
		t.true(needed.every(({id, target}) => target === true || needed.some(({needs}) => needs.includes(id))));
	}));
});
