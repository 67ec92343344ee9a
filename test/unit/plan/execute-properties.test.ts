/** What holds for every plan, whatever fails, whatever was done before, and however long steps take. */
import test from 'ava';
import fc from 'fast-check';
import {
	executePlan, type Handlers, type Outcome, type Plan, type PlanEvent,
} from '../../../src/plan/index.js';
import {arbitraryPlan, downstreamOf} from '../../_helpers/arbitrary-plan.js';
import {createMemoryStore, type MemoryStore} from '../../_helpers/memory-store.js';
import {createRecordingReporter, handlersOf} from '../../_helpers/plan-of.js';
import {createVirtualClock} from '../../_helpers/virtual-clock.js';

type Case = {
	readonly plan: Plan;
	readonly capacity: {readonly network: number; readonly cpu: number};
	/** Ids of steps that fail, of steps of which an earlier result is kept, and of those of which it no longer holds. */
	readonly failing: ReadonlySet<string>;
	readonly kept: ReadonlySet<string>;
	readonly gone: ReadonlySet<string>;
	/** Milliseconds after which it is interrupted, if it is. */
	readonly interruptAfter: number | undefined;
};

const arbitraryCase: fc.Arbitrary<Case> = arbitraryPlan().chain(plan => {
	const ids = (most: number) => fc.subarray(plan.steps.map(({id}) => id), {maxLength: Math.min(most, plan.steps.length)}).map(list => new Set(list));
	return fc.record({
		plan: fc.constant(plan),
		capacity: fc.record({network: fc.integer({min: 1, max: 3}), cpu: fc.integer({min: 1, max: 3})}),
		failing: ids(3),
		kept: ids(plan.steps.length),
		gone: ids(4),
		interruptAfter: fc.option(fc.integer({min: 0, max: 60_000}), {nil: undefined, freq: 3}),
	});
});

type Ran = {
	readonly outcomes: ReadonlyMap<string, Outcome>;
	readonly events: readonly PlanEvent[];
	/** Ids in the order the handlers were called and ended. */
	readonly called: readonly string[];
	readonly calls: ReadonlyArray<{readonly id: string; readonly start: number; readonly end: number}>;
	readonly store: MemoryStore;
	readonly asked: ReadonlySet<string>;
};

async function run({plan, capacity, failing, kept, gone, interruptAfter}: Case): Promise<Ran> {
	const clock = createVirtualClock();
	const store = createMemoryStore();
	const reporter = createRecordingReporter();
	const interrupt = new AbortController();
	const calls: Array<{id: string; start: number; end: number}> = [];
	const called: string[] = [];
	const asked = new Set<string>();
	for (const step of plan.steps.filter(({id}) => kept.has(id))) {
		store.results.set(step.key, `${step.id} kept`);
	}

	const handlers: Handlers = handlersOf({
		async holds(_, step) {
			asked.add(step.id);
			return !gone.has(step.id) || called.includes(step.id);
		},
		async run(step, {result, signal}) {
			const call = {id: step.id, start: clock.now(), end: Number.NaN};
			called.push(step.id);
			calls.push(call);
			for (const need of step.needs) {
				result(need);
			}

			try {
				await clock.sleep((step.weight ?? 1) * 1000, signal);
				if (failing.has(step.id)) {
					throw new Error(`${step.id} broke`);
				}

				return `${step.id} built`;
			} finally {
				call.end = clock.now();
			}
		},
	});
	if (interruptAfter !== undefined) {
		void clock.sleep(interruptAfter).then(() => {
			interrupt.abort(new Error('interrupted'));
		});
	}

	const outcomes = await clock.until(executePlan(plan, {
		handlers, store, reporter, signal: interrupt.signal, capacity, now: clock.now,
	}));
	return {
		outcomes: new Map(outcomes.map(outcome => [outcome.step.id, outcome])), events: reporter.events, called, calls, store, asked,
	};
}

const holdsFor = (title: string, check: (given: Case, ran: Ran) => boolean) => {
	test(title, async t => {
		await t.notThrowsAsync(fc.assert(fc.asyncProperty(arbitraryCase, async given => check(given, await run(given))), {numRuns: 150}));
	});
};

holdsFor('no step starts before all it needs has ended well', ({plan}, {calls, outcomes}) => calls.every(({id, start}) =>
	plan.steps.find(step => step.id === id)!.needs.every(need => {
		const call = calls.find(other => other.id === need);
		return call ? call.end <= start && outcomes.get(need)!.status === 'built' : outcomes.get(need)!.status === 'unchanged';
	})));

holdsFor('each step runs at most once', (_, {called}) => new Set(called).size === called.length);

holdsFor('the capacity of a resource is never exceeded', ({plan, capacity}, {calls}) => {
	const uses = new Map(plan.steps.map(step => [step.id, step.uses]));
	return calls.every(({id, start}) => {
		const resource = uses.get(id)!;
		return resource === 'none' || calls.filter(other => uses.get(other.id) === resource && other.start <= start && start < other.end).length <= capacity[resource];
	});
});

holdsFor('what is unchanged was kept, holds, and did not run', ({kept, gone}, {outcomes, called}) => [...outcomes.values()]
	.filter(({status}) => status === 'unchanged')
	.every(({step}) => kept.has(step.id) && !gone.has(step.id) && !called.includes(step.id)));

holdsFor('a step that fails is never unchanged nor built, and its result is not kept anew', ({failing}, {outcomes, called, store}) => called
	.filter(id => failing.has(id))
	.every(id => {
		const {status, step} = outcomes.get(id)!;
		return (status === 'failed' || status === 'interrupted') && store.results.get(step.key) !== `${id} built`;
	}));

holdsFor('what was built is kept under its key', (_, {outcomes, store}) => [...outcomes.values()]
	.filter(({status}) => status === 'built')
	.every(({step, result}) => store.results.get(step.key) === result && result === `${step.id} built`));

holdsFor('when it is not interrupted, exactly what needs a failed step is blocked, by a failed step it needs', (given, ran) => {
	const all = [...ran.outcomes.values()];
	if (all.some(({status}) => status === 'interrupted')) {
		return true;
	}

	const failed = all.filter(({status}) => status === 'failed').map(({step}) => step.id);
	const toRun = {version: 1, steps: all.filter(({status}) => status !== 'unchanged').map(({step}) => step)} as const;
	const expected = downstreamOf(toRun, failed);
	const blocked = all.filter(({status}) => status === 'blocked');
	return blocked.length === expected.size && blocked.every(({step, blockedBy}) => expected.has(step.id) && downstreamOf(given.plan, [blockedBy!]).has(step.id) && failed.includes(blockedBy!));
});

holdsFor('when it is not interrupted, what does not need a failed step is built or unchanged', ({interruptAfter}, {outcomes}) =>
	interruptAfter !== undefined || [...outcomes.values()].every(({status}) => status !== 'interrupted'));

holdsFor('nothing starts after the interruption, and all that ran has ended', ({interruptAfter}, {calls}) =>
	calls.every(({start, end}) => !Number.isNaN(end) && start <= (interruptAfter ?? Number.POSITIVE_INFINITY)));

holdsFor('every target has an outcome, and only what is wanted was asked about', ({plan}, {outcomes, asked}) => {
	const targets = plan.steps.filter(({target}) => target);
	return (targets.length > 0 ? targets : plan.steps).every(({id}) => outcomes.has(id)) && [...asked].every(id => outcomes.has(id));
});

holdsFor('each step to be run has one end event, and a start event exactly when it ran', (_, {events, called}) => {
	const planned = events.flatMap(event => event.type === 'plan' ? event.steps.filter(({state}) => state === 'run').map(({step}) => step.id) : []);
	const started = events.flatMap(event => event.type === 'start' ? [event.step.id] : []);
	const ended = events.flatMap(event => event.type === 'end' ? [event.outcome.step.id] : []);
	return planned.toSorted().join(' ') === ended.toSorted().join(' ') && started.join(' ') === called.join(' ');
});

test('an interrupted run and the one after it do together what one run does', async t => {
	const property = fc.asyncProperty(arbitraryCase, async given => {
		const first = await run({...given, failing: new Set()});
		const kept = new Set(given.plan.steps.filter(({key}) => first.store.results.has(key)).map(({id}) => id));
		const built = new Set([...first.outcomes.values()].filter(({status}) => status === 'built').map(({step}) => step.id));
		const second = await run({
			...given, failing: new Set(), kept, gone: new Set([...given.gone].filter(id => !built.has(id))), interruptAfter: undefined,
		});
		return [...second.outcomes.values()].every(({status}) => status === 'built' || status === 'unchanged') && second.called.every(id => !built.has(id));
	});
	await t.notThrowsAsync(fc.assert(property, {numRuns: 150}));
});
