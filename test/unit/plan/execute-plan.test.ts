import process from 'node:process';
import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import {
	executePlan, type ExecuteOptions, type Key, type Outcome, type PlanEvent, type Step,
} from '../../../src/plan/index.js';
import {createMemoryStore} from '../../_helpers/memory-store.js';
import {
	createRecordingReporter, handlersOf, planOf, stepOf,
} from '../../_helpers/plan-of.js';
import {createVirtualClock} from '../../_helpers/virtual-clock.js';

function optionsOf(parts: Partial<ExecuteOptions> = {}): ExecuteOptions & {readonly reporter: ReturnType<typeof createRecordingReporter>; readonly store: ReturnType<typeof createMemoryStore>} {
	return {
		handlers: handlersOf(),
		signal: new AbortController().signal,
		capacity: {network: 8, cpu: 2},
		now: () => 0,
		...parts,
		store: (parts.store ?? createMemoryStore()) as ReturnType<typeof createMemoryStore>,
		reporter: createRecordingReporter(),
	};
}

/** An event in a few words. */
function describe(event: PlanEvent): string {
	switch (event.type) {
		case 'plan': {
			return `plan ${event.steps.map(({step, state}) => `${step.id} ${state}`).join(', ')}`;
		}

		case 'end': {
			return `end ${event.outcome.step.id} ${event.outcome.status}`;
		}

		case 'note': {
			return event.message;
		}

		case 'progress':
		case 'start':
		case 'warning': {
			return `${event.type} ${event.step?.id ?? ''}`;
		}
	}
}

const statusOf = (outcomes: readonly Outcome[]) => Object.fromEntries(outcomes.map(({step, status, blockedBy}) => [step.id, blockedBy === undefined ? status : `${status} by ${blockedBy}`]));

/** A handler that fails for the steps named. */
const failing = (...ids: readonly string[]) => ({
	async run(step: Step) {
		if (ids.includes(step.id)) {
			throw new BuildError('STX0902', `${step.id} broke`);
		}

		return step.id;
	},
});

test('steps run after all they need, and get the results', async t => {
	const plan = planOf({image: ['base', 'wheel'], wheel: ['base'], base: []});
	const results: string[] = [];
	const options = optionsOf({
		handlers: handlersOf({
			async run(step, {result}) {
				results.push(`${step.id}(${step.needs.map(id => JSON.stringify(result(id))).join(',')})`);
				return step.id.toUpperCase();
			},
		}),
	});
	const outcomes = await executePlan(plan, options);
	t.deepEqual(results, ['base()', 'wheel("BASE")', 'image("BASE","WHEEL")']);
	t.deepEqual(outcomes.map(({step, status, result}) => [step.id, status, result]), [['image', 'built', 'IMAGE'], ['wheel', 'built', 'WHEEL'], ['base', 'built', 'BASE']]);
});

test('a second run does nothing and gives the same results', async t => {
	const plan = planOf({base: [], image: ['base']});
	const store = createMemoryStore();
	await executePlan(plan, optionsOf({store}));
	const options = optionsOf({store, handlers: handlersOf({run: async () => t.fail()})});
	const outcomes = await executePlan(plan, options);
	t.deepEqual(outcomes.map(({status, result}) => [status, result]), [['unchanged', 'base'], ['unchanged', 'image']]);
	t.deepEqual(options.reporter.events.map(({type}) => type), ['plan']);
});

test('what only an unchanged target needs is not looked at', async t => {
	const plan = planOf([{id: 'base'}, {id: 'wheel', needs: ['base']}, {id: 'image', needs: ['wheel'], target: true}]);
	const store = createMemoryStore();
	await executePlan(plan, optionsOf({store}));
	const asked: string[] = [];
	const outcomes = await executePlan(plan, optionsOf({
		store,
		handlers: handlersOf({
			async holds(_, step) {
				asked.push(step.id);
				return true;
			},
		}),
	}));
	t.deepEqual(asked, ['image']);
	t.deepEqual(statusOf(outcomes), {image: 'unchanged'});
});

test('a step that no target needs does not run', async t => {
	const plan = planOf([{id: 'base'}, {id: 'image', needs: ['base'], target: true}, {id: 'other'}]);
	t.deepEqual(statusOf(await executePlan(plan, optionsOf())), {base: 'built', image: 'built'});
});

test('a need of which the result no longer holds runs again when a step needs it', async t => {
	const plan = planOf([{id: 'base'}, {id: 'wheel', needs: ['base']}, {id: 'image', needs: ['wheel'], target: true}]);
	const store = createMemoryStore();
	await executePlan(plan, optionsOf({store}));
	const gone = new Set(['wheel', 'image']);
	const outcomes = await executePlan(plan, optionsOf({store, handlers: handlersOf({holds: async (_, step) => !gone.has(step.id)})}));
	t.deepEqual(statusOf(outcomes), {base: 'unchanged', wheel: 'built', image: 'built'});
});

test('W24: a failure blocks what needs it, by whatever way, and nothing else', async t => {
	const plan = planOf({
		bad: [], next: ['bad'], last: ['next', 'good'], good: [], fine: ['good'],
	});
	const outcomes = await executePlan(plan, optionsOf({handlers: handlersOf(failing('bad'))}));
	t.deepEqual(statusOf(outcomes), {
		bad: 'failed', next: 'blocked by bad', last: 'blocked by bad', good: 'built', fine: 'built',
	});
	t.is(outcomes[0]!.error?.message, 'bad broke');
});

test('a step that two failures block names the first one', async t => {
	const clock = createVirtualClock();
	const plan = planOf({slow: [], quick: [], both: ['slow', 'quick']});
	const outcomes = await clock.until(executePlan(plan, optionsOf({
		now: clock.now,
		handlers: handlersOf({
			async run(step) {
				await clock.sleep(step.id === 'slow' ? 2000 : 1000);
				throw new BuildError('STX0902', 'broke');
			},
		}),
	})));
	t.deepEqual(statusOf(outcomes), {slow: 'failed', quick: 'failed', both: 'blocked by quick'});
});

test('an error of any kind is the outcome of its step', async t => {
	const errors: Record<string, unknown> = {bug: new TypeError('not a function'), text: 'a string'};
	const outcomes = await executePlan(planOf({bug: [], text: [], fine: []}), optionsOf({
		handlers: handlersOf({
			async run(step) {
				if (step.id in errors) {
					throw errors[step.id];
				}

				return null;
			},
		}),
	}));
	t.deepEqual(outcomes.map(({status, error}) => [status, error?.message]), [['failed', 'not a function'], ['failed', 'a string'], ['built', undefined]]);
});

test('a result that is null counts as a result', async t => {
	const store = createMemoryStore();
	const plan = planOf({a: [], b: ['a']});
	const handlers = handlersOf({run: async (step, {result}) => step.id === 'b' ? [result('a')] : null});
	t.deepEqual((await executePlan(plan, optionsOf({store, handlers}))).map(({result}) => result), [null, [null]]);
	t.deepEqual((await executePlan(plan, optionsOf({store, handlers}))).map(({status}) => status), ['unchanged', 'unchanged']);
});

test('when it cannot be found out whether a result holds, the step has failed', async t => {
	const store = createMemoryStore();
	const plan = planOf([{id: 'a'}, {id: 'b', needs: ['a'], target: true}]);
	await executePlan(plan, optionsOf({store}));
	const outcomes = await executePlan(plan, optionsOf({
		store,
		handlers: handlersOf({
			async holds(_, step) {
				if (step.id === 'b') {
					throw new BuildError('STX0902', 'the engine does not answer');
				}

				return true;
			},
		}),
	}));
	t.deepEqual(statusOf(outcomes), {a: 'unchanged', b: 'failed'});
});

test('a result that is bound to one engine is not taken for that of another, and stays', async t => {
	const store = createMemoryStore();
	const plan = planOf({a: []});
	const runOn = async (engine: string) => statusOf(await executePlan(plan, optionsOf({store, handlers: handlersOf({boundTo: async () => engine})})));
	t.deepEqual(await runOn('docker'), {a: 'built'});
	t.deepEqual(await runOn('buildah'), {a: 'built'});
	t.deepEqual(await runOn('docker'), {a: 'unchanged'});
});

test('a result that cannot be kept fails its step', async t => {
	const store = {
		...createMemoryStore(),
		async keep() {
			throw new BuildError('STX0905', 'the disk is full');
		},
	};
	t.deepEqual(statusOf(await executePlan(planOf({a: [], b: ['a']}), optionsOf({store}))), {a: 'failed', b: 'blocked by a'});
});

test('a failure is not kept, and the next run goes on from what was done', async t => {
	const store = createMemoryStore();
	const plan = planOf({a: [], b: ['a'], c: ['b']});
	await executePlan(plan, optionsOf({store, handlers: handlersOf(failing('b'))}));
	t.deepEqual(statusOf(await executePlan(plan, optionsOf({store}))), {a: 'unchanged', b: 'built', c: 'built'});
});

test('two steps with one key run once', async t => {
	const {key} = stepOf({id: 'a'});
	let runs = 0;
	const options = optionsOf({
		handlers: handlersOf({
			async run() {
				runs++;
				return 'the wheel';
			},
		}),
	});
	const outcomes = await executePlan(planOf([{id: 'a'}, {id: 'b', key}, {id: 'c', needs: ['b']}]), options);
	t.is(runs, 2);
	t.deepEqual(outcomes.map(({status, result}) => [status, result]), [['built', 'the wheel'], ['unchanged', 'the wheel'], ['built', 'the wheel']]);
});

test('the steps that start are told, and how each ended', async t => {
	const options = optionsOf({
		handlers: handlersOf({
			async run(step, {progress, warn}) {
				progress({done: 1, total: 2, unit: 'bytes'});
				warn('slow');
				if (step.id === 'b') {
					throw new Error('broke');
				}

				return step.id;
			},
		}),
	});
	await executePlan(planOf({a: [], b: ['a'], c: ['b']}), options);
	t.deepEqual(options.reporter.events.map(event => describe(event)), [
		'plan a run, b run, c run',
		'start a',
		'progress a',
		'warning a',
		'end a built',
		'start b',
		'progress b',
		'warning b',
		'end b failed',
		'end c blocked',
	]);
});

test('progress that comes after a step has ended is not told', async t => {
	const clock = createVirtualClock();
	const options = optionsOf({
		handlers: handlersOf({
			async run(step, {progress}) {
				void clock.sleep(10).then(() => {
					progress({done: 1});
				});
				return step.id;
			},
		}),
	});
	await clock.until(executePlan(planOf({a: []}), options));
	await clock.until(clock.sleep(20));
	t.false(options.reporter.events.some(({type}) => type === 'progress'));
});

test('outcomes say how long a step took and where its log is', async t => {
	const clock = createVirtualClock();
	const handlers = handlersOf({
		async run() {
			await clock.sleep(1500);
			return null;
		},
		logFile: step => `/logs/${step.id}.log`,
	});
	const [outcome] = await clock.until(executePlan(planOf({a: []}), optionsOf({now: clock.now, handlers})));
	t.is(outcome!.seconds, 1.5);
	t.is(outcome!.log, '/logs/a.log');
});

test('a log that was not written is not named', async t => {
	const handlers = handlersOf({...failing('b'), logFile: step => `/logs/${step.id}.log`});
	const outcomes = await executePlan(planOf({a: [], b: [], c: []}), optionsOf({handlers, isWritten: async log => log === '/logs/a.log'}));
	t.deepEqual(outcomes.map(({status, log}) => [status, log]), [['built', '/logs/a.log'], ['failed', undefined], ['built', undefined]]);
});

test('a handler that asks for what its step does not need has a bug', async t => {
	const handlers = handlersOf({run: async (step, {result}) => step.id === 'b' ? result('a') : null});
	const outcomes = await executePlan(planOf({a: [], b: []}), optionsOf({handlers}));
	t.true(outcomes[1]!.error instanceof TypeError);
});

test('W24: on Ctrl+C what runs is told and awaited, and nothing new starts', async t => {
	const clock = createVirtualClock();
	const interrupt = new AbortController();
	const cleaned: string[] = [];
	const store = createMemoryStore();
	const options = optionsOf({
		store,
		now: clock.now,
		signal: interrupt.signal,
		handlers: handlersOf({
			async run(step, {signal}) {
				try {
					await clock.sleep(step.id === 'first' ? 500 : 5000, signal);
				} catch (error) {
					await clock.sleep(300);
					cleaned.push(step.id);
					throw error;
				}

				return step.id;
			},
		}),
	});
	const done = executePlan(planOf([{id: 'first', weight: 9}, {id: 'running', weight: 9}, {id: 'stubborn', needs: ['first'], weight: 5}, {id: 'later', needs: ['running']}, {id: 'never'}]), options);
	void clock.sleep(1000).then(() => {
		interrupt.abort();
	});
	const outcomes = await clock.until(done);
	t.deepEqual(statusOf(outcomes), {
		first: 'built', running: 'interrupted', stubborn: 'interrupted', later: 'interrupted', never: 'interrupted',
	});
	t.deepEqual(cleaned.toSorted(), ['running', 'stubborn']);
	t.deepEqual([...store.results.values()], ['first']);
	t.is(options.reporter.events.filter(({type}) => type === 'end').length, 5);
});

test('a step that ends well although it was told to stop is kept', async t => {
	const interrupt = new AbortController();
	const store = createMemoryStore();
	const handlers = handlersOf({
		async run(step) {
			interrupt.abort();
			return step.id;
		},
	});
	const outcomes = await executePlan(planOf({a: [], b: ['a']}), optionsOf({store, handlers, signal: interrupt.signal}));
	t.deepEqual(statusOf(outcomes), {a: 'built', b: 'interrupted'});
	t.deepEqual([...store.results.values()], ['a']);
});

test('nothing starts when it was interrupted before', async t => {
	const outcomes = await executePlan(planOf({a: [], b: ['a']}), optionsOf({signal: AbortSignal.abort(), handlers: handlersOf({run: async () => t.fail()})}));
	t.deepEqual(statusOf(outcomes), {a: 'interrupted', b: 'interrupted'});
});

test('a plan with a fault, or with a kind nobody can do, is refused before anything starts', async t => {
	let runs = 0;
	const handlers = handlersOf({
		async run() {
			runs++;
			return null;
		},
	});
	await t.throwsAsync(executePlan(planOf([{id: 'fine'}, {id: 'odd', needs: ['absent']}]), optionsOf({handlers})), {instanceOf: BuildError, code: 'STX0801'});
	await t.throwsAsync(executePlan(planOf([{id: 'fine'}, {id: 'odd', kind: 'toString'}]), optionsOf({handlers})), {
		instanceOf: BuildError,
		code: 'STX0801',
		message: 'the step `odd` is of the kind `toString`, which nothing here can do',
	});
	t.is(runs, 0);
});

test('an empty plan is done at once', async t => {
	t.deepEqual(await executePlan({version: 1, steps: []}, optionsOf()), []);
});

test('a reporter that throws ends the run, and does not leave it hanging', async t => {
	const reporter = {
		event({type}: PlanEvent) {
			if (type === 'end') {
				throw new TypeError('cannot draw');
			}
		},
		async close() {
			// Nothing is drawn.
		},
	};
	await t.throwsAsync(executePlan(planOf({a: [], b: ['a']}), {...optionsOf(), reporter}), {message: 'cannot draw'});
});

test('of what has not changed each result is read once, and nothing is kept again', async t => {
	const plan = planOf(Array.from({length: 600}, (_, index) => ({id: `s${index}`, needs: index > 10 ? [`s${index - 10}`, `s${Math.floor(index / 2)}`] : []})));
	const store = createMemoryStore();
	await executePlan(plan, optionsOf({store}));
	const read: string[] = [];
	const kept: string[] = [];
	const watched = {
		...store,
		async result(key: Key) {
			read.push(key);
			return store.result(key);
		},
		async keep(key: Key) {
			kept.push(key);
		},
	};
	const outcomes = await executePlan(plan, optionsOf({store: watched}));
	t.true(outcomes.every(({status}) => status === 'unchanged'));
	t.is(new Set(read).size, read.length);
	t.deepEqual(kept, []);
});

test('many steps at once can listen to the signal without a warning', async t => {
	const warnings: Error[] = [];
	const warn = (warning: Error): void => {
		warnings.push(warning);
	};

	process.on('warning', warn);
	t.teardown(() => process.off('warning', warn));
	const interrupt = new AbortController();
	let told = 0;
	const outcomes = await executePlan(planOf(Array.from({length: 40}, (_, index) => ({id: `s${index}`, uses: 'none' as const}))), optionsOf({
		signal: interrupt.signal,
		handlers: handlersOf({
			async run(step, {signal}) {
				signal.addEventListener('abort', () => {
					told++;
				});
				if (step.id === 's39') {
					interrupt.abort(new Error('interrupted'));
				}

				await setTimeout(10);
				signal.throwIfAborted();
				return null;
			},
		}),
	}));
	t.is(told, 40);
	t.true(outcomes.every(({status, error}) => status === 'interrupted' && error?.message === 'interrupted'));
	t.deepEqual(warnings, []);
});

test('what must not be run is told before anything starts; what holds is not asked', async t => {
	const store = createMemoryStore();
	const plan = planOf({a: [], b: ['a'], c: []});
	await executePlan({...plan, steps: plan.steps.slice(0, 1)}, optionsOf({store}));
	const options = optionsOf({store, refuse: ({id}) => id === 'c' || id === 'a' ? new BuildError('STX0306', `${id} must not be run`) : undefined});
	await t.throwsAsync(executePlan(plan, options), {instanceOf: BuildError, code: 'STX0306', message: 'c must not be run'});
	t.deepEqual(options.reporter.events, []);
});
