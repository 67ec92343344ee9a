import {stripVTControlCharacters} from 'node:util';
import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import type {Outcome, Step} from '../../../src/plan/index.js';
import {countOutcomes, renderSummary, renderSummaryEvent} from '../../../src/report/index.js';
import {stepOf} from '../../_helpers/plan-of.js';

const outcome = (id: string, status: Outcome['status'], step: Partial<Step> = {}, rest: Partial<Outcome> = {}): Outcome => ({
	step: stepOf({id, ...step}), status, seconds: 0, ...rest,
});

test('the table people look for', t => {
	const outcomes = [
		outcome('base', 'unchanged', {group: 'base', title: 'base image'}),
		outcome('fetch', 'built', {title: 'fetch six'}, {seconds: 0.2}),
		outcome('uwsgi', 'built', {title: 'build uwsgi 2.0.31'}, {seconds: 33, log: '/logs/uwsgi.log'}),
		outcome('ovs', 'failed', {title: 'build ovs 3.7.0'}, {seconds: 12, log: '/logs/ovs.log', error: new BuildError('STX0902', '`uv` ended with exit code 1', {hint: 'read the log'})}),
		outcome('keystone', 'built', {group: 'images', title: 'stx-keystone', target: true}, {seconds: 41, log: '/logs/keystone.log'}),
		outcome('push', 'built', {
			group: 'images', title: 'push stx-keystone', target: true, kind: 'image.push',
		}, {seconds: 2}),
		outcome('placement', 'unchanged', {group: 'images', title: 'stx-placement', target: true}),
		outcome('nova-build', 'blocked', {group: 'images', title: 'build stx-nova'}, {blockedBy: 'ovs'}),
		outcome('nova', 'blocked', {group: 'images', title: 'stx-nova', target: true}, {blockedBy: 'ovs'}),
	];
	t.is(renderSummary(outcomes, {seconds: 125}), `
error STX0902 \`uv\` ended with exit code 1
  in build ovs 3.7.0
hint: read the log

  unchanged    stx-placement
  built        build uwsgi 2.0.31   33 s  /logs/uwsgi.log
  built        stx-keystone         41 s  /logs/keystone.log
  pushed       push stx-keystone   2.0 s
  blocked      stx-nova                   by build ovs 3.7.0
  failed       build ovs 3.7.0      12 s  /logs/ovs.log

base: 1 unchanged; wheels: 2 built, 1 failed; images: 1 unchanged, 1 built, 1 pushed, 2 blocked (2 min 5 s)
`);
	t.deepEqual(countOutcomes(outcomes), {
		unchanged: 2, built: 3, pushed: 1, interrupted: 0, blocked: 2, failed: 1,
	});
	t.is(stripVTControlCharacters(renderSummary(outcomes, {seconds: 125, color: true})), renderSummary(outcomes, {seconds: 125}));
});

test('one line when nothing was to be done', t => {
	t.is(renderSummary([outcome('a', 'unchanged', {title: 'stx-keystone', target: true})], {seconds: 0.41}), 'nothing to do: stx-keystone: unchanged (0.4 s)\n');
	t.is(renderSummary([outcome('a', 'unchanged'), outcome('b', 'unchanged')]), 'nothing to do: 2 steps unchanged\n');
	t.is(renderSummary([]), 'nothing to do: the plan has no steps\n');
});

test('what was left out is told with its place, whatever else was done', t => {
	const leftOut = [{at: {file: '/lists/stable-wheels.cfg', line: 47}, code: 'STX0401', message: '`whl` is not a type of a wheel list'}];
	const line = '  left out     /lists/stable-wheels.cfg:47  STX0401 `whl` is not a type of a wheel list\n';
	t.is(renderSummary([outcome('a', 'unchanged')], {leftOut}), `${line}nothing to do: 1 step unchanged\n`);
	t.true(renderSummary([outcome('a', 'built', {title: 'pack', target: true})], {leftOut}).includes(`\n${line}`));
	t.deepEqual((JSON.parse(renderSummaryEvent([outcome('a', 'built')], {leftOut})) as {leftOut: unknown}).leftOut, leftOut);
});

test('an interrupted run says how to go on, and lists only what ran', t => {
	const outcomes = [outcome('a', 'interrupted', {title: 'build a', target: true}, {seconds: 3}), outcome('b', 'interrupted', {title: 'build b', target: true})];
	t.is(renderSummary(outcomes), `
  interrupted  build a  3.0 s

wheels: 2 interrupted

interrupted
hint: run the same command again: it goes on from here
`);
});

test('an error that many steps share is shown once', t => {
	const error = new BuildError('STX0905', 'the disk is full');
	const text = renderSummary(Array.from({length: 30}, (_, index) => outcome(`s${index}`, 'failed', {title: `fetch ${index}`}, {error})));
	t.is(text.split('STX0905').length, 2);
	t.true(text.includes('in fetch 0, fetch 1, fetch 2 and 27 more'));
	t.is(text.split('\n').filter(line => line.startsWith('  failed')).length, 30, 'but every failed step has its row');
});

test('hundreds of steps do not make a table of hundreds of rows', t => {
	const outcomes = Array.from({length: 300}, (_, index) => outcome(`s${index}`, 'built', {title: `build ${index}`}, {seconds: 1, log: `/logs/${index}`}));
	const lines = renderSummary(outcomes).split('\n');
	t.true(lines.length < 30);
	t.true(lines.some(line => line.trim() === 'built        and 281 more'));
	t.true(renderSummary(outcomes).includes('wheels: 300 built'));
});

test('the sums as an event', t => {
	t.deepEqual(JSON.parse(renderSummaryEvent([outcome('a', 'built'), outcome('b', 'failed')], {seconds: 2})), {
		type: 'summary', seconds: 2, counts: {
			unchanged: 0, built: 1, pushed: 0, interrupted: 0, blocked: 0, failed: 1,
		}, targets: [],
	});
});

test('what was asked for is in the event, also where it is unchanged', t => {
	const target = {target: true};
	const outcomes = [
		outcome('base', 'unchanged', target, {result: {reference: 'localhost/base:1'}}),
		outcome('wheels', 'built', {...target, inputs: {file: '/w/wheels.tar'}}, {result: {size: 1}}),
		outcome('record', 'failed', target),
		outcome('fetch', 'built'),
	];
	t.deepEqual((JSON.parse(renderSummaryEvent(outcomes)) as {targets: unknown}).targets, [
		{id: 'base', status: 'unchanged', made: 'localhost/base:1'},
		{id: 'wheels', status: 'built', made: '/w/wheels.tar'},
		{id: 'record', status: 'failed'},
	]);
});
