import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import type {Outcome} from '../../../src/plan/index.js';
import {createPlainReporter} from '../../../src/report/plain-reporter.js';
import {stepOf} from '../../_helpers/plan-of.js';

function createPlain() {
	let time = 0;
	let written = '';
	let tick: (() => void) | undefined;
	const reporter = createPlainReporter({
		stderr: {
			write(text) {
				written += text;
			},
		},
		color: false,
		now: () => time,
		every(_, call) {
			tick = call;
			return () => {
				tick = undefined;
			};
		},
	});
	return {
		reporter,
		wait(seconds: number) {
			for (let second = 0; second < seconds; second++) {
				time += 1000;
				tick?.();
			}
		},
		lines: () => written.split('\n').slice(0, -1),
	};
}

const a = stepOf({id: 'a', title: 'build uwsgi 2.0.31'});
const b = stepOf({id: 'b', title: 'pack wheels', needs: ['a']});
const end = (outcome: Partial<Outcome>): {type: 'end'; outcome: Outcome} => ({
	type: 'end', outcome: {
		step: a, status: 'built', seconds: 0, ...outcome,
	},
});

test('one line for each thing that happens', async t => {
	const {reporter, wait, lines} = createPlain();
	reporter.event({type: 'note', message: 'the lock is fresh'});
	reporter.event({type: 'plan', steps: [{step: a, state: 'run'}, {step: b, state: 'run'}, {step: stepOf({id: 'c'}), state: 'unchanged'}]});
	reporter.event({type: 'start', step: a});
	wait(12);
	reporter.event({type: 'warning', message: 'no build requirements\nmore', step: a});
	reporter.event({type: 'warning', message: 'old'});
	reporter.event(end({seconds: 12}));
	reporter.event(end({
		status: 'failed', seconds: 12, error: new BuildError('STX0902', 'broke\ntail'), log: '/logs/a.log',
	}));
	reporter.event(end({step: b, status: 'blocked', blockedBy: 'a'}));
	await reporter.close();
	t.deepEqual(lines(), [
		'[0:00] note        the lock is fresh',
		'[0:00] plan        2 steps to run, 1 unchanged',
		'[0:00] start       build uwsgi 2.0.31',
		'[0:10] running     build uwsgi 2.0.31 (10 s)',
		'[0:12] warning     build uwsgi 2.0.31: no build requirements',
		'[0:12] warning     old',
		'[0:12] built       build uwsgi 2.0.31 (12 s)',
		'[0:12] failed      build uwsgi 2.0.31 (12 s): STX0902 broke; log: /logs/a.log',
		'[0:12] blocked     pack wheels: it needs build uwsgi 2.0.31',
	]);
});

test('a long step says every ten seconds how far it is, however often it tells', t => {
	const {reporter, wait, lines} = createPlain();
	reporter.event({type: 'start', step: a});
	for (let second = 0; second < 35; second++) {
		for (let part = 0; part < 100; part++) {
			reporter.event({type: 'progress', step: a, progress: {done: second * 1_000_000, total: 35_000_000, unit: 'bytes'}});
		}

		wait(1);
	}

	t.deepEqual(lines(), [
		'[0:00] start       build uwsgi 2.0.31',
		'[0:10] running     build uwsgi 2.0.31 (10 s): 9.0 MB of 35 MB',
		'[0:20] running     build uwsgi 2.0.31 (20 s): 19 MB of 35 MB',
		'[0:30] running     build uwsgi 2.0.31 (30 s): 29 MB of 35 MB',
	]);
});

test('of what was interrupted only what ran is told', t => {
	const {reporter, lines} = createPlain();
	reporter.event({type: 'start', step: a});
	reporter.event(end({status: 'interrupted', seconds: 3}));
	reporter.event(end({step: b, status: 'interrupted'}));
	t.deepEqual(lines().slice(1), ['[0:00] interrupted build uwsgi 2.0.31 (3.0 s)']);
});

test('there is no control character, whatever a program wrote', t => {
	const {reporter, wait, lines} = createPlain();
	const step = stepOf({id: 'x', title: 'evil \u001B[2J\r title'});
	reporter.event({type: 'start', step});
	reporter.event({type: 'progress', step, progress: {text: '\u001B[1A\u0007 50%\r100%'}});
	wait(10);
	reporter.event({type: 'warning', message: 'https://user:pass@pypi.org/ \u0008\u0008', step});
	// eslint-disable-next-line no-control-regex -- they are what is looked for.
	t.notRegex(lines().join(''), /[\u0000-\u001F]/);
	t.false(lines().join('').includes('pass'));
});

test('nothing is written after it was closed', async t => {
	const {reporter, wait, lines} = createPlain();
	reporter.event({type: 'start', step: a});
	await reporter.close();
	wait(60);
	reporter.event(end({}));
	t.is(lines().length, 1);
});
