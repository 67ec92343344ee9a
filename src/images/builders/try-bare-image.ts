/** Tries an image without a shell, as those are that have a single program: whether that starts. */
import type {Engine} from '../../engine/index.js';
import type {RunResult} from '../../system/index.js';
import type {Check} from '../image-steps.js';
import type {ImageTryInputs} from './builder-steps.js';

/** Seconds for a program to say which it is. */
const answerSeconds = 60;

/** An image, and the program that it starts by itself; empty where it names none. */
export type Asked = {readonly engine: Engine; readonly image: string; readonly program: string; readonly signal: AbortSignal};

/** Whether this is what came of running a shell in an image that has none. */
export const hasNoShell = ({exitCode, stdout, output}: RunResult): boolean => exitCode !== 0 && !/^(?:passed|failed): /mv.test(stdout) && /\/bin\/sh[^\n]*(?:no such file|not found)|(?:no such file|not found)[^\n]*\/bin\/sh/iv.test(output);

/** What shells end with, and most engines, when a program cannot be started, or is not there. */
const unstartedCodes = new Set([126, 127]);

/** Whether what an engine printed says so of this program. */
const isUnstarted = (output: string, program: string): boolean => output.split('\n').some(line => line.includes(program) && /\bexec(?:utable)?\b.*(?:permission denied|no such file|not found|format error)/iv.test(line));

/**
Of an image without a shell all that can be asked is its program: to say which it is.

@returns whether it starts; a warning where it gives no answer, and where `setup[]` is left undone.
*/
export async function tryBareImage({setup, log}: ImageTryInputs, {engine, image, program, signal}: Asked): Promise<readonly Check[]> {
	const unasked: readonly Check[] = setup.length === 0
		? []
		: [{
			check: 'setup', status: 'warning', seconds: 0, detail: 'it has no /bin/sh to run it with',
		}];
	const tell = (status: Check['status'], detail: string): readonly Check[] => [{
		check: 'starts', status, seconds: 0, detail,
	}, ...unasked];
	if (program === '') {
		return tell('warning', 'it has no /bin/sh, and names no program');
	}

	let isUnable = false;
	for (const option of ['--version', '--help']) {
		const {exitCode, output} = await engine.run({
			image, argv: [program, option], network: 'none', bare: true,
		}, {signal, logFile: log, timeoutSeconds: answerSeconds});
		if (exitCode === 0) {
			return tell('passed', `${program} ${option}`);
		}

		isUnable ||= unstartedCodes.has(exitCode) || isUnstarted(output, program);
	}

	return isUnable ? tell('failed', `\`${program}\` cannot be started`) : tell('warning', `it has no /bin/sh, and \`${program}\` answers neither --version nor --help`);
}
