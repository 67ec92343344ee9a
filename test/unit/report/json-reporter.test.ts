import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import {createJsonReporter} from '../../../src/report/json-reporter.js';
import {stepOf} from '../../_helpers/plan-of.js';

function createJson() {
	const clock = {time: 0};
	let written = '';
	const reporter = createJsonReporter({
		stdout: {
			write(text) {
				written += text;
			},
		},
		now: () => clock.time,
	});
	return {reporter, clock, events: () => written.split('\n').slice(0, -1).map(line => JSON.parse(line) as Record<string, unknown>)};
}

const step = stepOf({id: 'a', title: 'build uwsgi'});

test('one event a line, each with its type', async t => {
	const {reporter, clock, events} = createJson();
	reporter.event({type: 'note', message: 'two\nlines'});
	reporter.event({type: 'plan', steps: [{step, state: 'run'}]});
	clock.time = 1500;
	reporter.event({type: 'start', step});
	reporter.event({
		type: 'progress', step, progress: {
			done: 1, total: 2, unit: 'bytes', text: '\u001B[1mx',
		},
	});
	reporter.event({type: 'warning', message: 'https://a:b@c/', step});
	reporter.event({type: 'warning', message: 'general'});
	reporter.event({
		type: 'end', outcome: {
			step, status: 'failed', seconds: 1.234_56, error: new BuildError('STX0902', 'broke', {hint: 'mend'}), log: '/logs/a',
		},
	});
	reporter.event({
		type: 'end', outcome: {
			step, status: 'built', seconds: 0, result: {filename: 'a.whl'},
		},
	});
	reporter.event({
		type: 'end', outcome: {
			step, status: 'blocked', seconds: 0, blockedBy: 'b',
		},
	});
	await reporter.close();
	reporter.event({type: 'note', message: 'late'});
	t.deepEqual(events(), [
		{type: 'note', elapsed: 0, message: 'two\nlines'},
		{
			type: 'plan', elapsed: 0, steps: [{
				id: 'a', kind: 'test', title: 'build uwsgi', group: 'wheels', key: step.key, state: 'run',
			}],
		},
		{type: 'start', elapsed: 1.5, id: 'a'},
		{
			type: 'progress', elapsed: 1.5, id: 'a', done: 1, total: 2, unit: 'bytes', text: 'x',
		},
		{
			type: 'warning', elapsed: 1.5, message: 'https://***@c/', id: 'a',
		},
		{type: 'warning', elapsed: 1.5, message: 'general'},
		{
			type: 'end', elapsed: 1.5, id: 'a', status: 'failed', seconds: 1.235, log: '/logs/a', error: {code: 'STX0902', message: 'broke', hint: 'mend'},
		},
		{
			type: 'end', elapsed: 1.5, id: 'a', status: 'built', seconds: 0, result: {filename: 'a.whl'},
		},
		{
			type: 'end', elapsed: 1.5, id: 'a', status: 'blocked', seconds: 0, blockedBy: 'b',
		},
	]);
});

test('progress of a step is told once a second', t => {
	const {reporter, clock, events} = createJson();
	for (; clock.time < 5000; clock.time += 10) {
		reporter.event({type: 'progress', step, progress: {done: clock.time}});
	}

	t.deepEqual(events().map(({done}) => done), [0, 1000, 2000, 3000, 4000]);
});
