import test from 'ava';
import fc from 'fast-check';
import {sortSteps, type Plan, type Step} from '../../../src/plan/index.js';
import type {Capacity} from '../../../src/plan/budget.js';
import {createScheduler} from '../../../src/plan/scheduler.js';
import {arbitraryPlan, downstreamOf} from '../../_helpers/arbitrary-plan.js';
import {planOf, stepOf} from '../../_helpers/plan-of.js';

type Started = {readonly id: string; readonly start: number; readonly end: number};

type Simulated = {readonly started: readonly Started[]; readonly blocked: readonly string[]; readonly makespan: number};

type Course = {
	readonly fails?: (step: Step) => boolean;
	/** Seconds that a step really takes, by its id, where that is not its weight. */
	readonly takes?: Readonly<Record<string, number>>;
};

/** Runs a plan in simulated time. */
function simulate({steps}: Plan, capacity: Capacity, {fails = () => false, takes = {}}: Course = {}): Simulated {
	let time = 0;
	const scheduler = createScheduler(sortSteps(steps), capacity, {now: () => time});
	const started: Started[] = [];
	const blocked: string[] = [];
	let running: Array<{readonly step: Step; readonly end: number}> = [];
	for (;;) {
		for (let step = scheduler.next(); step; step = scheduler.next()) {
			const end = time + (takes[step.id] ?? step.weight ?? 1);
			running.push({step, end});
			started.push({id: step.id, start: time, end});
		}

		if (running.length === 0) {
			return {started, blocked, makespan: time};
		}

		const next = Math.min(...running.map(({end}) => end));
		time = next;
		for (const {step} of running.filter(({end}) => end === next)) {
			if (fails(step)) {
				blocked.push(...scheduler.failed(step).map(({id}) => id));
			} else {
				scheduler.done(step);
			}
		}

		running = running.filter(({end}) => end > next);
	}
}

const weightOf = (step: Step): number => step.weight ?? 1;

function longestPath({steps}: Plan): number {
	const ends = new Map<string, number>();
	for (const step of sortSteps(steps)) {
		ends.set(step.id, weightOf(step) + Math.max(0, ...step.needs.map(need => ends.get(need)!)));
	}

	return Math.max(...ends.values());
}

test('what is urgent goes before longer chains that use the same, and each waits for all it needs', t => {
	const {steps} = planOf([
		{id: 'one', weight: 60},
		{
			id: 'try-one', weight: 1, needs: ['one'], urgent: true,
		},
		{
			id: 'push-one', weight: 100, needs: ['try-one'], uses: 'network',
		},
		{id: 'two', weight: 50},
		{id: 'after-two', weight: 90, needs: ['two']},
	]);
	const {started, makespan} = simulate({version: 1, steps}, {network: 1, cpu: 1});
	t.deepEqual(started.map(({id, start}) => [id, start]), [['one', 0], ['try-one', 60], ['push-one', 61], ['two', 61], ['after-two', 111]]);
	t.is(makespan, 201);
});

test('of what is ready, the head of the longest chain starts first', t => {
	const {steps} = planOf([
		{id: 'short', weight: 5},
		{id: 'head', weight: 1},
		{id: 'middle', weight: 1, needs: ['head']},
		{id: 'tail', weight: 10, needs: ['middle']},
	]);
	const {started} = simulate({version: 1, steps}, {network: 1, cpu: 1});
	t.deepEqual(started.map(({id}) => id), ['head', 'middle', 'tail', 'short']);
});

test('equal chains start in the order of the plan', t => {
	const {started} = simulate(planOf({a: [], b: [], c: []}), {network: 1, cpu: 1});
	t.deepEqual(started.map(({id}) => id), ['a', 'b', 'c']);
});

test('a full resource does not keep steps of another one waiting', t => {
	const plan = planOf([{id: 'build', weight: 10}, {id: 'other', weight: 10}, {id: 'fetch', uses: 'network', weight: 1}, {id: 'record', uses: 'none', weight: 1}]);
	const {started} = simulate(plan, {network: 1, cpu: 1});
	t.deepEqual(started.filter(({start}) => start === 0).map(({id}) => id).toSorted(), ['build', 'fetch', 'record']);
});

test('a capacity below one counts as one', t => {
	t.is(simulate(planOf({a: [], b: ['a']}), {network: 0, cpu: 0}).makespan, 2);
});

test('two steps with one key do not run at once', t => {
	const [a] = planOf([{id: 'a', weight: 3}]).steps;
	const {started} = simulate({version: 1, steps: [a!, stepOf({id: 'b', key: a!.key}), stepOf({id: 'c'})]}, {network: 1, cpu: 3});
	t.deepEqual(started, [{id: 'a', start: 0, end: 3}, {id: 'c', start: 0, end: 1}, {id: 'b', start: 3, end: 4}]);
});

test('a step with the key of a step that is blocked still gets its turn', t => {
	const {key} = stepOf({id: 'twin'});
	const plan = planOf([{id: 'bad'}, {id: 'a', key, needs: ['bad']}, {id: 'b', key}]);
	const {started, blocked} = simulate(plan, {network: 1, cpu: 2}, {fails: step => step.id === 'bad'});
	t.deepEqual(blocked, ['a']);
	t.deepEqual(started.map(({id}) => id), ['bad', 'b']);
});

test('every step starts once, after all it needs has ended, and no resource is overdrawn', t => {
	fc.assert(fc.property(arbitraryPlan(40), fc.integer({min: 1, max: 4}), fc.integer({min: 1, max: 4}), (plan, network, cpu) => {
		const {started} = simulate(plan, {network, cpu});
		const at = new Map(started.map(entry => [entry.id, entry]));
		const stepWith = new Map(plan.steps.map(step => [step.id, step]));
		t.is(started.length, plan.steps.length);
		t.is(at.size, plan.steps.length);
		for (const {id, start} of started) {
			const {needs, uses} = stepWith.get(id)!;
			t.true(needs.every(need => at.get(need)!.end <= start));
			const atOnce = started.filter(other => stepWith.get(other.id)!.uses === uses && other.start <= start && start < other.end).length;
			t.true(atOnce <= {network, cpu, none: Number.POSITIVE_INFINITY}[uses]);
		}
	}), {numRuns: 200});
});

test('what is blocked is all that needs a failed step, and nothing else', t => {
	fc.assert(fc.property(arbitraryPlan(40), fc.integer({min: 2, max: 7}), (plan, every) => {
		const fails = (step: Step): boolean => weightOf(step) % every === 0;
		const {started, blocked} = simulate(plan, {network: 2, cpu: 2}, {fails});
		const failed = plan.steps.filter(step => fails(step) && started.some(({id}) => id === step.id)).map(({id}) => id);
		t.deepEqual(blocked.toSorted(), [...downstreamOf(plan, failed)].toSorted());
		t.is(new Set(blocked).size, blocked.length);
		t.is(started.length + blocked.length, plan.steps.length);
	}), {numRuns: 200});
});

/** Graphs as builds have them: some hundred steps, most with few needs, durations from a second to minutes, some on several processors. */
function arbitraryBuild(processors: fc.Arbitrary<number>): fc.Arbitrary<Plan> {
	const parts = fc.record({
		needs: fc.array(fc.double({
			min: 0, max: 1, maxExcluded: true, noNaN: true,
		}), {maxLength: 4}),
		weight: fc.integer({min: 1, max: 120}),
		processors,
	});
	return fc.array(parts, {minLength: 80, maxLength: 300}).map(list => planOf(list.map((part, index) => ({
		id: `s${index}`,
		weight: part.weight,
		takes: {processors: part.processors},
		needs: index === 0 ? [] : [...new Set(part.needs.map(need => `s${Math.floor(need * index)}`))],
	}))));
}

/** Seconds that a build takes, and what no order can better: all processors are busy all the time, or the longest chain is being done. */
function measure(plan: Plan, cpu: number) {
	const sum = plan.steps.reduce((total, step) => total + (weightOf(step) * Math.min(cpu, step.takes!.processors!)), 0);
	return {makespan: simulate(plan, {network: 1, cpu}).makespan, busy: sum / cpu, chain: longestPath(plan)};
}

test('no processor is idle while a step could run: a build takes no longer than Graham says of such', t => {
	fc.assert(fc.property(arbitraryBuild(fc.constant(1)), fc.constantFrom(2, 4, 8), (plan, cpu) => {
		const {makespan, busy, chain} = measure(plan, cpu);
		t.true(makespan <= busy + (chain * (1 - (1 / cpu))) + 1e-6, `${plan.steps.length} steps on ${cpu} processors: ${makespan}`);
	}), {numRuns: 300});
});

const mostly = {
	'of single steps': {processors: fc.constant(1), cpus: [2, 4, 8]},
	'with steps that use several processors, or all': {
		processors: fc.oneof({arbitrary: fc.constant(1), weight: 40}, {arbitrary: fc.constantFrom(2, 3, Number.POSITIVE_INFINITY), weight: 1}), cpus: [2, 4],
	},
} as const;

for (const [what, {processors, cpus}] of Object.entries(mostly)) {
	// The same builds each time: of all that there can be, some cannot be done as fast in any order.
	test(`a build ${what} takes at most 1.12 times what no order could better`, t => {
		let worst = 0;
		fc.assert(fc.property(arbitraryBuild(processors), fc.constantFrom(...cpus), (plan, cpu) => {
			const {makespan, busy, chain} = measure(plan, cpu);
			const ratio = makespan / Math.max(busy, chain);
			worst = Math.max(worst, ratio);
			t.true(ratio <= 1.12, `${plan.steps.length} steps on ${cpu} processors: ${ratio}`);
		}), {numRuns: 1000, seed: 1});
		t.log(`of 1000 the worst takes ${worst.toFixed(3)} times the bound`);
	});
}

test('a step that there is no room for yet is not overtaken by what would keep it waiting', t => {
	const plan = planOf([
		{id: 'running', weight: 10},
		{
			id: 'all', weight: 100, takes: {processors: Number.POSITIVE_INFINITY}, needs: ['start'],
		},
		{id: 'start', weight: 1},
		...Array.from({length: 20}, (_, index) => ({id: `long${index}`, weight: 20, needs: ['start']})),
		{id: 'brief', weight: 5, needs: ['start']},
	]);
	const {started} = simulate(plan, {network: 1, cpu: 2});
	const startOf = (id: string): number => started.find(step => step.id === id)!.start;
	t.is(startOf('all'), 10);
	t.is(startOf('brief'), 1);
	t.true(startOf('long0') >= 110);
});

test('while a step takes longer than expected, its neighbours do not stand still', t => {
	const plan = planOf([
		{id: 'running', weight: 10},
		{id: 'start', weight: 1},
		{
			id: 'all', weight: 100, takes: {processors: 2}, needs: ['start'],
		},
		...Array.from({length: 12}, (_, index) => ({id: `brief${index}`, weight: 3, needs: ['start']})),
	]);
	const {started, makespan} = simulate(plan, {network: 1, cpu: 2}, {takes: {running: 37}});
	t.is(started.find(({id}) => id === 'all')!.start, 37);
	t.is(makespan, 137);
});

test('steps wait for memory, and one that wants more than there is gets all', t => {
	const {started} = simulate(planOf([
		{id: 'a', weight: 10, takes: {memory: 600}}, {id: 'b', weight: 9, takes: {memory: 600}}, {id: 'c', weight: 1, takes: {memory: 300}}, {id: 'd', weight: 1, takes: {memory: 9000}},
	]), {network: 1, cpu: 4, memory: 1000});
	t.deepEqual(started.map(({id, start}) => [id, start]), [['a', 0], ['c', 0], ['b', 10], ['d', 19]]);
});

test('what steps took before counts more than what they say', t => {
	const {steps} = planOf([{id: 'a', weight: 100}, {id: 'b', weight: 1}]);
	const scheduler = createScheduler(steps, {network: 1, cpu: 1}, {seconds: step => step.id === 'b' ? 500 : undefined});
	t.is(scheduler.next()!.id, 'b');
});

test('no plan, however small, takes more than Graham\'s bound', t => {
	fc.assert(fc.property(arbitraryPlan(12), fc.integer({min: 1, max: 4}), (plan, cpu) => {
		const onCpu: Plan = {version: 1, steps: plan.steps.map(step => ({...step, uses: 'cpu'}))};
		const sum = onCpu.steps.reduce((total, step) => total + weightOf(step), 0);
		t.true(simulate(onCpu, {network: 1, cpu}).makespan <= (sum / cpu) + (longestPath(onCpu) * (1 - (1 / cpu))) + 1e-9);
	}), {numRuns: 300});
});
