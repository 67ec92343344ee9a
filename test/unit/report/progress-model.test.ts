import test from 'ava';
import type {Outcome, Step} from '../../../src/plan/index.js';
import {createProgressModel} from '../../../src/report/progress-model.js';
import {stepOf} from '../../_helpers/plan-of.js';

const end = (step: Step, status: Outcome['status']) => ({type: 'end', outcome: {step, status, seconds: 1}} as const);

test('a group counts what is done, what has failed and what is blocked', t => {
	const model = createProgressModel(() => 0);
	const steps = Array.from({length: 6}, (_, index) => stepOf({id: `s${index}`}));
	const image = stepOf({id: 'image', group: 'images'});
	model.apply({type: 'plan', steps: [{step: image, state: 'unchanged'}, ...steps.map((step, index) => ({step, state: index < 2 ? 'unchanged' : 'run'} as const))]});
	t.deepEqual(model.groups(), ['wheels', 'images']);
	t.is(model.title('wheels'), 'wheels 2/6');
	t.is(model.title('images'), 'images 1/1, unchanged');
	t.is(model.state('images'), 'done');
	model.apply(end(steps[2]!, 'built'));
	model.apply(end(steps[3]!, 'failed'));
	t.is(model.state('wheels'), 'going on');
	model.apply(end(steps[4]!, 'blocked'));
	model.apply(end(steps[5]!, 'interrupted'));
	t.is(model.title('wheels'), 'wheels 3/6, 1 failed, 1 blocked, 1 interrupted');
	t.is(model.state('wheels'), 'not done');
});

test('what runs is shown with its time and how far it is, the longest-running first, and not all of many', t => {
	let time = 0;
	const model = createProgressModel(() => time);
	const steps = Array.from({length: 5}, (_, index) => stepOf({id: `s${index}`, title: `fetch ${index}`}));
	for (const step of steps) {
		model.apply({type: 'start', step});
		time += 1000;
	}

	model.apply({type: 'progress', step: steps[0]!, progress: {done: 1_500_000, total: 3_000_000, unit: 'bytes'}});
	t.deepEqual(model.running('wheels', 3), ['fetch 0  5.0 s  1.5 MB of 3.0 MB', 'fetch 1  4.0 s', 'and 3 more']);
	t.is(model.running('wheels', 5).length, 5);
	t.deepEqual(model.running('images', 5), []);
	model.apply(end(steps[0]!, 'built'));
	t.is(model.running('wheels', 5)[0], 'fetch 1  4.0 s');
	model.apply({type: 'progress', step: steps[0]!, progress: {done: 2}});
	t.is(model.running('wheels', 5).length, 4);
});
