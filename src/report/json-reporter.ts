import type {
	Outcome, PlanEvent, Reporter, Step,
} from '../plan/index.js';
import {cleanLine, cleanText} from './clean-text.js';
import {errorJson} from './error-json.js';

/** Progress of one step is told once in this time. Programs read this; a line for each packet is of no use to them. */
const progressEveryMilliseconds = 1000;

/**
One event a line, each an object with `type` and `elapsed` (seconds since the reporter was made):

	{"type": "plan", "steps": [{"id", "kind", "title", "group", "key", "state": "run" | "unchanged"}]}
	{"type": "start", "id"}
	{"type": "progress", "id", "done"?, "total"?, "unit"?, "text"?}
	{"type": "warning", "message", "id"?}
	{"type": "note", "message"}
	{"type": "end", "id", "status", "seconds", "result"?, "error"?, "blockedBy"?, "log"?}
*/
export function createJsonReporter({stdout, now}: {readonly stdout: {write(text: string): unknown}; readonly now: () => number}): Reporter {
	const started = now();
	const lastProgress = new Map<Step, number>();
	let closed = false;
	return {
		event(event) {
			if (closed) {
				return;
			}

			if (event.type === 'progress') {
				if (now() - (lastProgress.get(event.step) ?? Number.NEGATIVE_INFINITY) < progressEveryMilliseconds) {
					return;
				}

				lastProgress.set(event.step, now());
			}

			stdout.write(`${JSON.stringify({type: event.type, elapsed: Math.round(now() - started) / 1000, ...dataOf(event)})}\n`);
		},
		async close() {
			closed = true;
		},
	};
}

function dataOf(event: PlanEvent): object {
	switch (event.type) {
		case 'plan': {
			return {
				steps: event.steps.map(({step: {id, kind, title, group, key}, state}) => ({
					id, kind, title, group, key, state,
				})),
			};
		}

		case 'start': {
			return {id: event.step.id};
		}

		case 'progress': {
			const {text, ...amounts} = event.progress;
			return {id: event.step.id, ...amounts, ...(text !== undefined && {text: cleanLine(text)})};
		}

		case 'warning': {
			return {message: cleanText(event.message), ...(event.step && {id: event.step.id})};
		}

		case 'note': {
			return {message: cleanText(event.message)};
		}

		case 'end': {
			return outcomeJson(event.outcome);
		}
	}
}

function outcomeJson({step, error, seconds, ...rest}: Outcome): object {
	return {
		id: step.id, ...rest, seconds: Math.round(seconds * 1000) / 1000, ...(error && {error: errorJson(error)}),
	};
}
