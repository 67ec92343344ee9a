/** How long steps took in earlier runs on this machine, by which the next one starts the longest chain first. */
import pMap from 'p-map';
import {keyOf} from './key.js';
import type {Key, Step} from './plan.js';
import type {Store} from './store.js';

/** How many entries are read at once. */
const entriesAtOnce = 16;

/** Shorter steps are told apart by nothing that matters, and have no entry. */
const shortestSeconds = 1;

/** A new measure this near to what is remembered says nothing new. */
const sameWithin = 0.2;

/** Another version of the same thing takes about as long: the name counts, and not the key. */
const durationKey = ({id, kind, subject = id}: Step): Key => keyOf({kind: 'plan.duration', step: kind, subject});

/** @returns the seconds of those steps that an earlier run has done. */
export async function readDurations(steps: readonly Step[], store: Store): Promise<ReadonlyMap<Step, number>> {
	const found = await pMap(steps, async step => [step, await readDuration(step, store)] as const, {concurrency: entriesAtOnce});
	return new Map(found.flatMap(([step, seconds]) => seconds === undefined ? [] : [[step, seconds]]));
}

/** Remembers how long a step took: half way between what is remembered and the new measure, as machines are busy at times. */
export async function keepDuration(step: Step, seconds: number, store: Store): Promise<void> {
	const earlier = await readDuration(step, store);
	if (seconds >= shortestSeconds && (earlier === undefined || Math.abs(seconds - earlier) > earlier * sameWithin)) {
		await store.keep(durationKey(step), earlier === undefined ? seconds : (earlier + seconds) / 2);
	}
}

async function readDuration(step: Step, store: Store): Promise<number | undefined> {
	const kept = await store.result(durationKey(step));
	return typeof kept === 'number' ? kept : undefined;
}
