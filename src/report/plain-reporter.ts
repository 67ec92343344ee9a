import type {
	Outcome, PlanEvent, Progress, Reporter, Step,
} from '../plan/index.js';
import {BuildError} from '../errors.js';
import {cleanLine, truncateLine} from './clean-text.js';
import {
	countOf, formatElapsed, formatProgress, formatSeconds,
} from './quantity.js';
import {createStyle} from './style.js';

/** A step that runs long says so once in this time: a reader sees that it lives, and a CI system does not give it up. */
const stillRunningEveryMilliseconds = 10_000;

export type PlainReporterOptions = {
	readonly stderr: {write(text: string): unknown};
	readonly color: boolean;
	readonly now: () => number;
	/** Calls a function again and again until the function it gives back is called. */
	readonly every: (milliseconds: number, call: () => void) => () => void;
};

type Running = {readonly since: number; told: number; progress: Progress};

/**
One line for each thing that happens, for pipes, log files and CI:

	[0:12] built       build uwsgi 2.0.31 (12 s)
*/
export function createPlainReporter({stderr, color, now, every}: PlainReporterOptions): Reporter {
	const style = createStyle(color);
	const started = now();
	const running = new Map<Step, Running>();
	const titles = new Map<string, string>();
	let closed = false;
	const say = (word: string, text: string): void => {
		const format = {
			failed: 'red', blocked: 'red', warning: 'yellow', built: 'green',
		}[word];
		stderr.write(`${style('dim', `[${formatElapsed((now() - started) / 1000)}]`)} ${style(format as 'red' ?? 'reset', word.padEnd(11))} ${text}\n`);
	};

	const sayRunning = (): void => {
		for (const [step, state] of running) {
			if (now() - state.told >= stillRunningEveryMilliseconds) {
				state.told = now();
				const progress = truncateLine(cleanLine(formatProgress(state.progress)), 120);
				say('running', `${cleanLine(step.title)} (${formatSeconds((now() - state.since) / 1000)})${progress === '' ? '' : `: ${progress}`}`);
			}
		}
	};

	const stop = every(1000, sayRunning);
	const handle = (event: PlanEvent): void => {
		switch (event.type) {
			case 'plan': {
				for (const {step} of event.steps) {
					titles.set(step.id, cleanLine(step.title));
				}

				const unchanged = event.steps.filter(({state}) => state === 'unchanged').length;
				say('plan', `${countOf(event.steps.length - unchanged, 'step')} to run, ${unchanged} unchanged`);
				break;
			}

			case 'start': {
				running.set(event.step, {since: now(), told: now(), progress: {}});
				say('start', cleanLine(event.step.title));
				break;
			}

			case 'progress': {
				const state = running.get(event.step);
				if (state) {
					state.progress = event.progress;
				}

				break;
			}

			case 'warning': {
				say('warning', `${event.step ? `${cleanLine(event.step.title)}: ` : ''}${cleanLine(event.message)}`);
				break;
			}

			case 'note': {
				say('note', cleanLine(event.message));
				break;
			}

			case 'end': {
				// Of what never started it is enough to know it in the end.
				if (event.outcome.status !== 'interrupted' || running.has(event.outcome.step)) {
					say(event.outcome.status, describe(event.outcome, titles));
				}

				running.delete(event.outcome.step);
				break;
			}
		}
	};

	return {
		event(event) {
			if (!closed) {
				handle(event);
			}
		},
		async close() {
			closed = true;
			stop();
		},
	};
}

function describe({step, status, seconds, error, blockedBy, log}: Outcome, titles: ReadonlyMap<string, string>): string {
	const title = cleanLine(step.title);
	if (status === 'blocked') {
		return `${title}: it needs ${titles.get(blockedBy!) ?? blockedBy!}`;
	}

	const took = seconds > 0 ? ` (${formatSeconds(seconds)})` : '';
	if (status !== 'failed' || !error) {
		return title + took;
	}

	const code = error instanceof BuildError ? `${error.code} ` : '';
	return `${title}${took}: ${code}${cleanLine(error.message)}${log === undefined ? '' : `; log: ${log}`}`;
}
