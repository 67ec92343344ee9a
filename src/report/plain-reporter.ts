import type {
	Outcome, PlanEvent, Reporter, Step,
} from '../plan/index.js';
import {BuildError} from '../errors.js';
import {cleanLine, truncateLine} from './clean-text.js';
import {
	countOf, formatElapsed, formatProgress, formatSeconds,
} from './quantity.js';
import {createRunningSteps} from './running-steps.js';
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

/**
One line for each thing that happens, for pipes, log files and CI:

	[0:12] built       build uwsgi 2.0.31 (12 s)
*/
export function createPlainReporter({stderr, color, now, every}: PlainReporterOptions): Reporter {
	const style = createStyle(color);
	const started = now();
	const running = createRunningSteps(now);
	/** When each step was last told of. */
	const told = new WeakMap<Step, number>();
	const titles = new Map<string, string>();
	let closed = false;
	const say = (word: string, text: string): void => {
		const format = {
			failed: 'red', blocked: 'red', warning: 'yellow', built: 'green',
		}[word];
		stderr.write(`${style('dim', `[${formatElapsed((now() - started) / 1000)}]`)} ${style(format as 'red' ?? 'reset', word.padEnd(11))} ${text}\n`);
	};

	const sayRunning = (): void => {
		for (const {step, since, progress} of running.list()) {
			if (now() - (told.get(step) ?? since) >= stillRunningEveryMilliseconds) {
				told.set(step, now());
				const line = truncateLine(cleanLine(formatProgress(progress)), 120);
				say('running', `${cleanLine(step.title)} (${formatSeconds((now() - since) / 1000)})${line === '' ? '' : `: ${line}`}`);
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
				say('start', cleanLine(event.step.title));
				break;
			}

			case 'progress': {
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

				break;
			}
		}
	};

	return {
		event(event) {
			if (!closed) {
				handle(event);
				running.apply(event);
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
