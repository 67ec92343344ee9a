/** Release files of Debian repositories, and the note that install-packages makes of them. */
import {createHash} from 'node:crypto';
import {BuildError} from '../errors.js';
import type {SuiteState} from './apt-state.js';

/**
Reads what is asked of an InRelease file whose signature apt has checked.

@param file name for messages.
@throws BuildError STX0502
*/
export function parseRelease(text: string, file: string): SuiteState {
	const field = (name: string): string | undefined => new RegExp(`^${name}: (.+)$`, 'm').exec(text)?.[1];
	return toState(createHash('sha256').update(text).digest('hex'), field('Codename') ?? field('Suite'), field('Date'), file);
}

/** Reads the lines `digest|codename|date` of /usr/share/stx-build/apt-state. @throws BuildError STX0502 */
export function parseAptNote(text: string, file: string): readonly SuiteState[] {
	return sortSuites(text.split('\n').filter(line => line !== '').map(line => {
		const [digest = '', suite, date] = line.split('|');
		return toState(digest, suite, date, file);
	}));
}

export const sortSuites = (states: readonly SuiteState[]): readonly SuiteState[] => states.toSorted((a, b) => (a.suite < b.suite ? -1 : 1));

/** The latest date of the suites, in seconds since 1970: nothing in them is newer. */
export function releaseSeconds(states: readonly SuiteState[]): number {
	return Math.max(...states.map(({date}) => Date.parse(date) / 1000));
}

function toState(digest: string, suite: string | undefined, date: string | undefined, file: string): SuiteState {
	const milliseconds = Date.parse(date ?? '');
	if (suite === undefined || Number.isNaN(milliseconds) || !/^[\da-f]{64}$/.test(digest)) {
		throw new BuildError('STX0502', `\`${file}\` is not a Debian release file: it has no codename or no date`, {at: {file}});
	}

	return {suite, date: new Date(milliseconds).toISOString(), digest: `sha256:${digest}`};
}
