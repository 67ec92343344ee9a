/** Reads what the wheel list gives: each file verified, and what it needs. */
import pMap from 'p-map';
import {BuildError, throwProblems, type ErrorCode} from '../../errors.js';
import {blake2OfUrl} from '../../pypi/index.js';
import type {NormalizedName} from '../../python/index.js';
import type {WheelInputs, WheelListEntry} from '../inputs/inputs.js';
import type {LockedOut} from './lock.js';
import type {Listed} from './read-listed.js';
import {concurrency} from './resolve-builds.js';

/** Hex sha256 of files by address, and whether a file of which nobody states one is taken as it is. */
export type Trust = {readonly locked: ReadonlyMap<string, string>; readonly trust: boolean};

export type ReadList = {
	readonly listed: ReadonlyMap<NormalizedName, Listed>;
	/** What was found unusable, where it is to be left out. */
	readonly leftOut: readonly LockedOut[];
};

/** Errors that say nothing of the entry, or that must never be passed over: it is as it was locked, or not at all. */
const neverPassed: ReadonlySet<ErrorCode> = new Set(['STX0003', 'STX0303', 'STX0304', 'STX0306', 'STX0425', 'STX0430', 'STX0802', 'STX0901', 'STX0904', 'STX0905', 'STX0906', 'STX0908', 'STX0911']);

/**
Reads all entries.

@param read one entry.
@throws BuildError with what is wrong with any of them, unless that is to be left out.
*/
export async function readList({wheelList, allowUnusable}: Pick<WheelInputs, 'wheelList' | 'allowUnusable'>, trust: Trust, read: (entry: WheelListEntry) => Promise<Listed>, signal: AbortSignal): Promise<ReadList> {
	const problems: BuildError[] = [];
	const leftOut: LockedOut[] = [];
	const refuse = ({name}: WheelListEntry, error: unknown): void => {
		if (!(error instanceof BuildError) || signal.aborted || (allowUnusable && neverPassed.has(error.code))) {
			throw error;
		}

		if (allowUnusable) {
			leftOut.push({name, code: error.code, message: error.message});
		} else {
			problems.push(error);
		}
	};

	const known = wheelList.filter(entry => {
		const untold = refuseUntold(entry, trust);
		if (untold) {
			refuse(entry, untold);
		}

		return !untold;
	});
	// Nothing is fetched for a list that cannot be used.
	throwProblems(problems);
	const listed = await pMap(known, async entry => {
		try {
			return [[entry.name, await read(entry)] as const];
		} catch (error) {
			refuse(entry, error);
			return [];
		}
	}, {concurrency, signal});
	throwProblems(problems);
	return {listed: new Map(listed.flat()), leftOut: leftOut.toSorted((a, b) => (a.name < b.name ? -1 : 1))};
}

/** A file of which neither its address nor the lock states a digest: to take it as it is, somebody must say so. */
function refuseUntold({type, url, at}: WheelListEntry, {locked, trust}: Trust): BuildError | undefined {
	return trust || type === 'git' || locked.has(url) || blake2OfUrl(url) !== undefined
		? undefined
		: new BuildError('STX0424', `nobody states a digest of \`${url}\`, and it is not locked`, {at, hint: 'run `stx-build wheels lock` once: it takes the file as it is now, and from then on no other'});
}
