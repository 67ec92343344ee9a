import {type Buffer} from 'node:buffer';
import process from 'node:process';
import {Writable} from 'node:stream';
import {setTimeout} from 'node:timers/promises';
import {stripVTControlCharacters} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {BuildError} from '../../../src/errors.js';
import type {Outcome, Step} from '../../../src/plan/index.js';
import {createTerminalReporter} from '../../../src/report/terminal-reporter.js';
import {stepOf} from '../../_helpers/plan-of.js';

/** A terminal that remembers what was written to it, one entry for each time. */
function createTerminal(t: ExecutionContext, {columns = 60, rows = 12, color = false} = {}) {
	const frames: string[] = [];
	const stream = Object.assign(new Writable({
		write(chunk: Buffer, _, done) {
			frames.push(String(chunk));
			done();
		},
	}), {columns, rows, isTTY: true}) as unknown as NodeJS.WriteStream;
	const clock = {time: 0};
	const reporter = createTerminalReporter({
		stderr: stream, color, now: () => clock.time,
	});
	// One that is left open draws on, and the process does not end.
	t.teardown(async () => reporter.close());
	return {
		reporter, stream, frames, clock, text: () => stripVTControlCharacters(frames.join('')),
	};
}

/** Waits until something is drawn, however long a busy machine takes for it. */
async function until(isDrawn: () => boolean): Promise<void> {
	for (let waited = 0; !isDrawn() && waited < 60_000; waited += 50) {
		await setTimeout(50);
	}
}

const planned = (steps: readonly Step[], unchanged: readonly Step[] = []) => ({
	type: 'plan',
	steps: [...steps.map(step => ({step, state: 'run'} as const)), ...unchanged.map(step => ({step, state: 'unchanged'} as const))],
} as const);
const end = (step: Step, status: Outcome['status'], rest: Partial<Outcome> = {}) => ({
	type: 'end', outcome: {
		step, status, seconds: 1, ...rest,
	},
} as const);

test('a line for each group, what runs below it, and at the end how each ended', async t => {
	const {reporter, clock, text, frames} = createTerminal(t);
	const base = stepOf({id: 'base', group: 'base', title: 'base image'});
	const wheel = stepOf({id: 'wheel', title: 'build uwsgi'});
	const image = stepOf({
		id: 'image', group: 'images', title: 'build stx-keystone', needs: ['wheel'],
	});
	reporter.event(planned([wheel, image], [base]));
	reporter.event({type: 'start', step: wheel});
	reporter.event({type: 'progress', step: wheel, progress: {done: 1_000_000, total: 2_000_000, unit: 'bytes'}});
	clock.time = 12_000;
	await until(() => text().includes('2.0 MB'));
	t.true(text().includes('build uwsgi  12 s  1.0 MB of 2.0 MB'));
	reporter.event(end(wheel, 'failed', {error: new BuildError('STX0902', 'broke')}));
	reporter.event(end(image, 'blocked', {blockedBy: 'wheel'}));
	await until(() => text().includes('failed:'));
	t.true(text().includes('failed: build uwsgi: STX0902 broke'));
	await reporter.close();
	const last = stripVTControlCharacters(frames.slice(-5).join(''));
	t.regex(last, /✔ base 1\/1, unchanged\n.*✖ wheels 0\/1, 1 failed\n.*✖ images 0\/1, 1 blocked\n/s);
});

test('hundreds of steps take no more lines than the terminal has, and no line is wider', async t => {
	const {reporter, frames, stream} = createTerminal(t, {columns: 50, rows: 10});
	const steps = Array.from({length: 600}, (_, index) => stepOf({id: `s${index}`, title: `fetch a distribution with a rather long name ${index}`, group: index % 2 ? 'wheels' : 'images'}));
	reporter.event(planned(steps));
	for (const step of steps.slice(0, 100)) {
		reporter.event({type: 'start', step});
		reporter.event({type: 'progress', step, progress: {text: 'x'.repeat(500)}});
	}

	await until(() => frames.some(frame => frame.includes('fetch')));
	(stream as {columns: number}).columns = 30;
	const before = frames.length;
	await until(() => frames.slice(before).some(frame => frame.includes('fetch')));
	for (const step of steps) {
		reporter.event(end(step, 'built'));
	}

	await reporter.close();
	for (const frame of frames) {
		const lines = stripVTControlCharacters(frame).split('\n');
		t.true(lines.length <= 11, frame);
		t.true(lines.every(line => line.length <= 50));
	}

	const narrow = frames.findLast(frame => frame.includes('x…') || frame.includes('fetch'))!;
	t.true(stripVTControlCharacters(narrow).split('\n').every(line => line.length <= 30));
	t.regex(stripVTControlCharacters(frames.join('')), /✔ wheels 300\/300\n/);
});

test('notes and warnings are there when the list is gone', async t => {
	const {reporter, frames, text} = createTerminal(t);
	const step = stepOf({id: 'a', title: 'build a'});
	reporter.event({type: 'note', message: 'before'});
	reporter.event(planned([step]));
	reporter.event({type: 'start', step});
	reporter.event({type: 'warning', message: 'odd', step});
	await until(() => text().includes('build a'));
	reporter.event(end(step, 'built'));
	await reporter.close();
	const written = frames.map(frame => stripVTControlCharacters(frame));
	t.is(written[0], 'before\n');
	t.is(written.at(-1), 'warning: build a: odd\n');
});

test('one list after the other', async t => {
	const {reporter, text} = createTerminal(t);
	const a = stepOf({id: 'a', title: 'lock'});
	const b = stepOf({id: 'b', group: 'images', title: 'build'});
	reporter.event(planned([a]));
	reporter.event({type: 'start', step: a});
	reporter.event(end(a, 'built'));
	reporter.event(planned([b]));
	reporter.event({type: 'start', step: b});
	reporter.event(end(b, 'built'));
	await reporter.close();
	t.regex(text(), /✔ wheels 1\/1\n.*✔ images 1\/1\n/s);
});

test('nothing is drawn when nothing is to be done', async t => {
	const {reporter, frames} = createTerminal(t);
	reporter.event(planned([], [stepOf({id: 'a'})]));
	await reporter.close();
	t.deepEqual(frames, []);
});

test('nothing is drawn after it was closed, and the stream is as it was', async t => {
	const {reporter, stream, frames} = createTerminal(t);
	const {write} = stream;
	const listeners = process.listenerCount('SIGINT');
	const steps = [stepOf({id: 'a'}), stepOf({id: 'b'})];
	reporter.event(planned(steps));
	reporter.event({type: 'start', step: steps[0]!});
	await until(() => frames.length > 0);
	t.is(process.listenerCount('SIGINT'), listeners, 'Ctrl+C is not handled here');
	await reporter.close();
	const drawn = frames.length;
	reporter.event(end(steps[0]!, 'built'));
	reporter.event({type: 'note', message: 'late'});
	await setTimeout(500);
	t.is(frames.length, drawn);
	t.is(stream.write, write);
	t.false(stripVTControlCharacters(frames.join('')).includes('late'));
});

test('closing before anything was told, and closing at once after the plan', async t => {
	const first = createTerminal(t);
	await first.reporter.close();
	t.deepEqual(first.frames, []);
	const second = createTerminal(t);
	second.reporter.event(planned([stepOf({id: 'a'})]));
	await second.reporter.close();
	t.regex(second.text(), /✖ wheels 0\/1\n/);
});

test('colours are there when they are asked for, and only then', async t => {
	for (const color of [true, false]) {
		const {reporter, frames} = createTerminal(t, {color});
		const step = stepOf({id: 'a'});
		reporter.event(planned([step]));
		reporter.event(end(step, 'built'));

		await reporter.close();
		// eslint-disable-next-line no-control-regex -- they are what is looked for.
		t.is(/\u001B\[\d+m/.test(frames.join('')), color);
	}
});
