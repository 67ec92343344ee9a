import {setImmediate as turn} from 'node:timers/promises';
import test from 'ava';
import {createSingleFlight} from '../../../src/pypi/single-flight.js';

test('who asks at the same time shares the work, who asks later starts anew', async t => {
	const flight = createSingleFlight<number>();
	let count = 0;
	const work = async () => {
		count++;
		await turn();
		return count;
	};

	t.deepEqual(await Promise.all([flight.run('a', undefined, work), flight.run('a', undefined, work), flight.run('b', undefined, work)]), [2, 2, 2]);
	t.is(await flight.run('a', undefined, work), 3);
});

test('an error is everybody\'s, and is not remembered', async t => {
	const flight = createSingleFlight<string>();
	const failing = async () => {
		await turn();
		throw new Error('no');
	};

	const both = await Promise.allSettled([flight.run('a', undefined, failing), flight.run('a', undefined, failing)]);
	t.deepEqual(both.map(({status}) => status), ['rejected', 'rejected']);
	t.is(await flight.run('a', undefined, async () => 'yes'), 'yes');
});

const untilAborted = async (signal: AbortSignal) => new Promise<never>((_resolve, reject) => {
	signal.addEventListener('abort', () => {
		reject(new Error('cleared up'));
	});
});

test('one who gives up leaves the others their work', async t => {
	const flight = createSingleFlight<string>();
	const mine = new AbortController();
	let finish!: (value: string) => void;
	const work = async (signal: AbortSignal) => Promise.race([untilAborted(signal), new Promise<string>(resolve => {
		finish = resolve;
	})]);
	const first = flight.run('a', mine.signal, work);
	const second = flight.run('a', new AbortController().signal, work);
	mine.abort();
	await t.throwsAsync(first, {code: 'STX0003'});
	finish('done');
	t.is(await second, 'done');
});

test('when all have given up the work is aborted, and ends before they do', async t => {
	const flight = createSingleFlight<string>();
	const controller = new AbortController();
	const all = [1, 2].map(async () => flight.run('a', controller.signal, untilAborted));
	controller.abort();
	const results = await Promise.allSettled(all);
	t.true(results.every(({status}) => status === 'rejected'));
	t.regex(String((results[1] as PromiseRejectedResult).reason), /cleared up/);
	t.is(await flight.run('a', undefined, async () => 'anew'), 'anew');
});

test('one who has given up before does not begin', async t => {
	const flight = createSingleFlight<string>();
	let hasBegun = false;
	await t.throwsAsync(flight.run('a', AbortSignal.abort(), async () => {
		hasBegun = true;
		return '';
	}), {code: 'STX0003'});
	t.false(hasBegun);
});
