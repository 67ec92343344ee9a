import test from 'ava';
import fc from 'fast-check';
import {BuildError} from '../../../src/errors.js';
import {checkPlan, sortSteps} from '../../../src/plan/index.js';
import {arbitraryPlan} from '../../_helpers/arbitrary-plan.js';
import {planOf, stepOf} from '../../_helpers/plan-of.js';

test('a plan without faults passes', t => {
	t.notThrows(() => {
		checkPlan(planOf({base: [], wheel: ['base'], image: ['base', 'wheel']}));
	});
	t.notThrows(() => {
		checkPlan({version: 1, steps: []});
	});
});

test('all faults of a plan are named at once', t => {
	const error = t.throws(() => {
		checkPlan({version: 1, steps: [stepOf({id: 'a', title: 'one'}), stepOf({id: 'a', title: 'two'}), stepOf({id: 'b', needs: ['c']})]});
	}, {instanceOf: BuildError});
	t.deepEqual(error.problems.map(problem => [problem.code, problem.message]), [
		['STX0801', 'two steps have the id `a`: `one` and `two`'],
		['STX0801', 'the step `b` needs `c`, which is not in the plan'],
	]);
	t.is(error.exitCode, 2);
});

test('a circle of needs is named with each of its steps', t => {
	t.throws(() => {
		checkPlan(planOf({
			start: ['a'], a: ['b'], b: ['c'], c: ['a'],
		}));
	}, {message: 'steps need each other in a circle: `a` -> `b` -> `c` -> `a`'});
	t.throws(() => {
		checkPlan(planOf({alone: ['alone']}));
	}, {message: 'steps need each other in a circle: `alone` -> `alone`'});
});

test('a chain of thousands of steps does not exhaust the stack', t => {
	const length = 20_000;
	const plan = planOf(Array.from({length}, (_, index) => ({id: `${index}`, needs: index + 1 < length ? [`${index + 1}`] : []})));
	t.notThrows(() => {
		checkPlan(plan);
	});
	t.is(sortSteps(plan.steps)[0]!.id, `${length - 1}`);
});

test('sorted steps come after all they need, and each is there once', t => {
	fc.assert(fc.property(arbitraryPlan(), ({steps}) => {
		const place = new Map(sortSteps(steps).map((step, index) => [step.id, index]));
		t.is(place.size, steps.length);
		t.true(steps.every(step => step.needs.every(need => place.get(need)! < place.get(step.id)!)));
	}));
});

test('any need turned round into a circle is found', t => {
	fc.assert(fc.property(arbitraryPlan(), fc.nat(), ({steps}, pick) => {
		const withNeeds = steps.filter(step => step.needs.length > 0);
		fc.pre(withNeeds.length > 0);
		const chosen = withNeeds[pick % withNeeds.length]!;
		const turned = steps.map(step => step.id === chosen.needs[0] ? {...step, needs: [...step.needs, chosen.id]} : step);
		t.throws(() => {
			checkPlan({version: 1, steps: turned});
		}, {message: /circle/v});
	}));
});
