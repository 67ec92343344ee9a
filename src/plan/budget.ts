/** What of the machine is free, and when there will be room. */
import type {Step} from './plan.js';

/** What all steps may use together. Steps that use none are not counted. */
export type Capacity = {
	/** How many steps may use the network at once. */
	readonly network: number;
	/** Processors. */
	readonly cpu: number;
	/** In MiB; unlimited by default. */
	readonly memory?: number;
};

type Share = {readonly network: number; readonly cpu: number; readonly memory: number};

const resources = ['network', 'cpu', 'memory'] as const;

const isWithin = (share: Share, room: Share): boolean => resources.every(resource => share[resource] <= room[resource]);
const combine = (a: Share, b: Share, sign: 1 | -1): Share => ({network: a.network + (sign * b.network), cpu: a.cpu + (sign * b.cpu), memory: a.memory + (sign * b.memory)});

export type Budget = {
	/** Whether there is room for a step now. */
	fits(step: Step): boolean;
	take(step: Step, times: Times): void;
	free(step: Step): void;
	/**
	Whether a step can start now without keeping another one waiting that there is no room for yet: it is over before there
	is, or fits beside it.
	*/
	leavesRoom(step: Step, times: Times, waiting: Step): boolean;
};

/** When a step starts, or would, and when it is expected to end: seconds on a clock that never goes back. */
export type Times = {readonly start: number; readonly end: number};

/** When a running step ends, at least half as long again from now as it has run: what is expected is a guess, mostly. */
const expectedEnd = ({start, end}: Times, now: number): number => Math.max(end, now + ((now - start) / 2));

/** A step that wants more than there is at all counts as one that wants all. */
export function createBudget(capacity: Capacity): Budget {
	const whole: Share = {network: Math.max(1, capacity.network), cpu: Math.max(1, capacity.cpu), memory: Math.max(1, capacity.memory ?? Number.POSITIVE_INFINITY)};
	const taken = new Map<Step, Times>();
	let room = whole;
	const shareOf = ({uses, takes}: Step): Share => ({
		network: uses === 'network' ? 1 : 0,
		cpu: uses === 'cpu' ? Math.min(whole.cpu, takes?.processors ?? 1) : 0,
		memory: Math.min(whole.memory, takes?.memory ?? 0),
	});

	/** When there will be room for a step, and what is left then beside it. */
	const roomFor = (step: Step, now: number): {readonly at: number; readonly beside: Share} => {
		const share = shareOf(step);
		const ends = [...taken].map(([other, times]) => [other, expectedEnd(times, now)] as const);
		let [then, at] = [room, Number.NEGATIVE_INFINITY];
		for (const [other, end] of ends.toSorted(([, a], [, b]) => a - b)) {
			if (isWithin(share, then)) {
				break;
			}

			then = combine(then, shareOf(other), 1);
			at = end;
		}

		return {at, beside: combine(then, share, -1)};
	};

	return {
		fits: step => isWithin(shareOf(step), room),
		take(step, times) {
			taken.set(step, times);
			room = combine(room, shareOf(step), -1);
		},
		free(step) {
			// What is blocked never took its share.
			if (taken.delete(step)) {
				room = combine(room, shareOf(step), 1);
			}
		},
		leavesRoom(step, {start, end}, waiting) {
			const {at, beside} = roomFor(waiting, start);
			return end <= at || isWithin(shareOf(step), beside);
		},
	};
}
