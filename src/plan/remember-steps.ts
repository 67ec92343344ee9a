/** What the keys of the last run were made of, so that it can be told what changed since. */
import pMap from 'p-map';
import type {Outcome} from './events.js';
import {keyOf} from './key.js';
import type {Key, KeyParts, Step} from './plan.js';
import type {Store} from './store.js';

/** A part that differs. One that is on one side only was not there before, or is not there now. */
export type PartChange = {readonly part: string; readonly before?: string; readonly now?: string};

/** What is remembered of a step. */
export type Remembered = {
	readonly key: Key;
	readonly parts: KeyParts;
	/**
	What had changed when it was last made, or taken from the store; null when that was the first time. Empty where nothing
	had, and its result was gone.
	*/
	readonly changes: readonly PartChange[] | null;
};

/** Where it is remembered: in the store, apart for each place of results, since steps have the same names in all of them. */
export type Memory = {readonly store: Store; readonly place: string};

/** How many entries are read or written at once. */
const entriesAtOnce = 16;

const memoryKey = ({id, subject = id}: Pick<Step, 'id' | 'subject'>, place: string): Key => keyOf({kind: 'plan.remembered', place, subject});

/** @returns the parts that differ, by name. */
export function compareParts(before: KeyParts, now: KeyParts): readonly PartChange[] {
	const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].toSorted();
	return names.filter(name => before[name] !== now[name]).map(part => ({
		part,
		...(Object.hasOwn(before, part) && {before: before[part]!}),
		...(Object.hasOwn(now, part) && {now: now[part]!}),
	}));
}

/** Remembers the steps of a run that have a result. What was unchanged leaves the memory as it is, with what last made it. */
export async function rememberSteps(outcomes: readonly Outcome[], {store, place}: Memory): Promise<void> {
	const done = outcomes.filter(({step, status}) => step.parts && (status === 'built' || status === 'unchanged'));
	await pMap(done, async ({step, status}) => {
		const {key, parts} = step;
		const earlier = await recallStep(step, {store, place});
		if (status === 'built' || earlier?.key !== key) {
			const remembered: Remembered = {key, parts: parts!, changes: earlier ? compareParts(earlier.parts, parts!) : null};
			await store.keep(memoryKey(step, place), remembered);
		}
	}, {concurrency: entriesAtOnce});
}

/** @returns undefined for a step that no run has come to. */
export async function recallStep(step: Pick<Step, 'id' | 'subject'>, {store, place}: Memory): Promise<Remembered | undefined> {
	return await store.result(memoryKey(step, place)) as Remembered | undefined;
}
