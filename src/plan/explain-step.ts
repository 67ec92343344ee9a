/** Why a step was done, or would be: which part of its key changed, and what that came from. */
import type {Key, Plan, Step} from './plan.js';
import {
	compareParts, recallStep, type Memory, type PartChange,
} from './remember-steps.js';

export type StepReason = {
	/** Without a key where no run has come to it, and there is no plan. */
	readonly step: Pick<Step, 'id' | 'title'> & Partial<Pick<Step, 'key'>>;
	/**
	new: no run in this place has come to it. done: it is as the last run left it, and `changes` is what made that do it.
	due: `changes` is what differs from the last run. unknown: `changes` is what made the last run do it, and nobody can say
	whether it is due.
	*/
	readonly state: 'new' | 'done' | 'due' | 'unknown';
	/** Null when it was done for the first time, or never. Empty when nothing had changed, and its result was gone. */
	readonly changes: readonly PartChange[] | null;
	/** The same of steps whose keys are among the changes: what it came from. */
	readonly causes: readonly StepReason[];
};

/** @param plan with the step, as it would be executed now. */
export async function explainStep(step: Step, {steps}: Plan, memory: Memory): Promise<StepReason> {
	const byKey = new Map<Key, Step>(steps.map(other => [other.key, other]));
	const told = new Set<Step>();
	return explain(step);

	async function explain(one: Step): Promise<StepReason> {
		told.add(one);
		const remembered = await recallStep(one, memory);
		if (!remembered) {
			return neverDone(one);
		}

		const isDone = remembered.key === one.key;
		const changes = isDone ? remembered.changes : compareParts(remembered.parts, one.parts ?? {});
		const causes: StepReason[] = [];
		for (const cause of (changes ?? []).flatMap(change => newKeys(change)).map(key => byKey.get(key))) {
			if (cause && !told.has(cause)) {
				causes.push(await explain(cause));
			}
		}

		return {
			step: one, state: isDone ? 'done' : 'due', changes, causes,
		};
	}
}

/** Why a step was done that cannot be planned now: what is remembered of it. */
export async function recallReason(step: Pick<Step, 'id' | 'title' | 'subject'>, memory: Memory): Promise<StepReason> {
	const remembered = await recallStep(step, memory);
	return remembered
		? {
			step: {...step, key: remembered.key}, state: 'unknown', changes: remembered.changes, causes: [],
		}
		: neverDone(step);
}

const neverDone = (step: StepReason['step']): StepReason => ({
	step, state: 'new', changes: null, causes: [],
});

/** Keys that are in a part now, and were not before. */
const newKeys = ({before = '', now = ''}: PartChange): readonly Key[] => [...now.matchAll(/sha256:[\da-f]{64}/gv)].map(([key]) => key as Key).filter(key => !before.includes(key));
