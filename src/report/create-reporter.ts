import type {Reporter} from '../plan/index.js';
import {createJsonReporter} from './json-reporter.js';
import {createPlainReporter} from './plain-reporter.js';

export type ReporterOptions = {
	/** terminal: a list redrawn in place; plain: lines; json: one event a line on standard output. */
	readonly format: 'terminal' | 'plain' | 'json';
	readonly stdout: NodeJS.WriteStream;
	readonly stderr: NodeJS.WriteStream;
	readonly color: boolean;
	/** Monotonic milliseconds. */
	readonly now: () => number;
};

/** Makes what shows a run to its reader. It must be closed, also when the run fails. */
export async function createReporter(options: ReporterOptions): Promise<Reporter> {
	switch (options.format) {
		case 'terminal': {
			const {createTerminalReporter} = await import('./terminal-reporter.js');
			return createTerminalReporter(options);
		}

		case 'plain': {
			return createPlainReporter({...options, every});
		}

		case 'json': {
			return createJsonReporter(options);
		}
	}
}

/** Which format suits a reader who asked for none: the list where it can be drawn, lines elsewhere. */
export function chooseFormat(environment: Readonly<Record<string, string | undefined>>, isTerminal: boolean): 'terminal' | 'plain' {
	return isTerminal && environment.TERM !== 'dumb' && !environment.CI ? 'terminal' : 'plain';
}

/** The timer does not keep the process alive. */
function every(milliseconds: number, call: () => void): () => void {
	const timer = setInterval(call, milliseconds).unref();
	return () => {
		clearInterval(timer);
	};
}
