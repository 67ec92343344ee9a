import {BuildError} from '../errors.js';
import type {Outcome, PlanEvent, Step} from '../plan/index.js';
import {cleanLine} from './clean-text.js';
import {formatProgress, formatSeconds} from './quantity.js';
import {createRunningSteps} from './running-steps.js';

export type Group = Step['group'];

/** The groups in the order in which people think of them. */
export const groupOrder: readonly Group[] = ['base', 'wheels', 'images'];

type Counts = {total: number; done: number; built: number; failed: number; blocked: number; interrupted: number};

/** What the events of a run add up to: how far each group is, and what runs now. */
export type ProgressModel = {
	apply(event: PlanEvent): void;
	/** The groups that have steps. */
	groups(): readonly Group[];
	/** `wheels 34/111, 1 failed` */
	title(group: Group): string;
	/** What runs now in a group: a line a step, longest-running first, at most so many. */
	running(group: Group, most: number): readonly string[];
	state(group: Group): 'going on' | 'done' | 'not done';
};

/** @param now monotonic milliseconds */
export function createProgressModel(now: () => number): ProgressModel {
	const counts = new Map<Group, Counts>();
	const running = createRunningSteps(now);
	const countsOf = (group: Group): Counts => {
		const found = counts.get(group) ?? {
			total: 0, done: 0, built: 0, failed: 0, blocked: 0, interrupted: 0,
		};
		counts.set(group, found);
		return found;
	};

	const ended = ({total, done, failed, blocked, interrupted}: Counts): boolean => done + failed + blocked + interrupted >= total;
	return {
		apply(event) {
			running.apply(event);
			if (event.type === 'plan') {
				for (const {step, state} of event.steps) {
					const group = countsOf(step.group);
					group.total++;
					group.done += state === 'unchanged' ? 1 : 0;
				}
			} else if (event.type === 'end') {
				count(countsOf(event.outcome.step.group), event.outcome);
			}
		},
		groups: () => groupOrder.filter(group => counts.has(group)),
		title(group) {
			const {total, done, built, failed, blocked, interrupted} = countsOf(group);
			const bad = Object.entries({failed, blocked, interrupted}).filter(([, number]) => number > 0).map(([word, number]) => `, ${number} ${word}`).join('');
			return `${group} ${done}/${total}${bad}${done === total && built === 0 ? ', unchanged' : ''}`;
		},
		running(group, most) {
			const lines = running.list().filter(({step}) => step.group === group).map(({step, since, progress}) =>
				[cleanLine(step.title), formatSeconds((now() - since) / 1000), cleanLine(formatProgress(progress))].filter(part => part !== '').join('  '));
			return lines.length > most ? [...lines.slice(0, most - 1), `and ${lines.length - most + 1} more`] : lines;
		},
		state(group) {
			const found = countsOf(group);
			return ended(found) ? (found.done === found.total ? 'done' : 'not done') : 'going on';
		},
	};
}

function count(counts: Counts, {status}: Outcome): void {
	if (status === 'built' || status === 'unchanged') {
		counts.done++;
		counts.built += status === 'built' ? 1 : 0;
	} else {
		counts[status]++;
	}
}

/** One line that says how a step failed. */
export function describeFailure({step, error}: Outcome): string {
	return `${cleanLine(step.title)}: ${error instanceof BuildError ? `${error.code} ` : ''}${cleanLine(error?.message ?? '')}`;
}
