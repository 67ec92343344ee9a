/** Counting what ran. */

export type Tally = {
	readonly passed: number;
	readonly failed: number;
	readonly skipped: number;
	/** What failed, a line each: the file, the test and the first line of its message. */
	readonly failures: readonly string[];
	/** How long each test file took. */
	readonly seconds: ReadonlyArray<readonly [file: string, seconds: number]>;
};

export const nothing: Tally = {
	passed: 0, failed: 0, skipped: 0, failures: [], seconds: [],
};

export function addTallies(tallies: readonly Tally[]): Tally {
	const sum = (name: 'passed' | 'failed' | 'skipped'): number => tallies.reduce((total, tally) => total + tally[name], 0);
	return {
		passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped'), failures: tallies.flatMap(({failures}) => failures), seconds: tallies.flatMap(({seconds}) => seconds),
	};
}

/** The last line of `npm test`. */
export const formatTally = ({passed, failed, skipped}: Tally): string => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/**
What AVA's run came to.

@param text what test/runner/observe-ava.js wrote; undefined when AVA died before it began, which is a failure.
@param exitCode of AVA. It is believed over the counts: a run that failed in a way that is no failed test (a file that does
not load, no file at all, a crash) counts as one more failure.
*/
export function tallyOf(text: string | undefined, exitCode: number): Tally {
	const tally = text === undefined ? nothing : JSON.parse(text) as Tally;
	return (exitCode !== 0 || text === undefined) && tally.failed === 0 ? {...tally, failed: 1} : tally;
}
