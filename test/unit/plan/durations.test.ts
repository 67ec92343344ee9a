import test from 'ava';
import {executePlan} from '../../../src/plan/index.js';
import {keepDuration, readDurations} from '../../../src/plan/durations.js';
import {createMemoryStore} from '../../_helpers/memory-store.js';
import {
	createRecordingReporter, handlersOf, planOf, stepOf,
} from '../../_helpers/plan-of.js';
import {createVirtualClock} from '../../_helpers/virtual-clock.js';

test('what a step took is known of the next version of the same thing', async t => {
	const store = createMemoryStore();
	await keepDuration(stepOf({id: 'build:a-1', subject: 'wheel:a'}), 40, store);
	const [same, kind, other] = [stepOf({id: 'build:a-2', subject: 'wheel:a'}), stepOf({id: 'fetch:a-2', kind: 'other', subject: 'wheel:a'}), stepOf({id: 'build:b-1'})];
	t.deepEqual(await readDurations([same, kind, other], store), new Map([[same, 40]]));
});

test('what takes no time is not remembered, and a busy day counts half', async t => {
	const store = createMemoryStore();
	const step = stepOf({id: 'a'});
	const remembered = async (seconds: number): Promise<number | undefined> => {
		await keepDuration(step, seconds, store);
		const found = await readDurations([step], store);
		return found.get(step);
	};

	t.is(await remembered(0.5), undefined);
	t.is(await remembered(10), 10);
	t.is(await remembered(11), 10);
	t.is(await remembered(30), 20);
});

test('a run starts first what took longest in the one before', async t => {
	const store = createMemoryStore();
	const seconds: Readonly<Record<string, number>> = {a: 2, b: 30, c: 9};
	const run = async (version: number): Promise<readonly string[]> => {
		const clock = createVirtualClock();
		const started: string[] = [];
		await clock.until(executePlan(planOf(['a', 'b', 'c'].map(name => ({id: `${name}-${version}`, subject: name}))), {
			handlers: handlersOf({
				async run(step) {
					started.push(step.subject!);
					await clock.sleep(seconds[step.subject!]! * 1000);
					return null;
				},
			}),
			store,
			reporter: createRecordingReporter(),
			signal: new AbortController().signal,
			capacity: {network: 1, cpu: 1},
			now: () => clock.now(),
		}));
		return started;
	};

	t.deepEqual(await run(1), ['a', 'b', 'c']);
	t.deepEqual(await run(2), ['b', 'c', 'a']);
});
