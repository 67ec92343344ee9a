import type {Json, Outcome, Step} from '../plan/index.js';
import {cleanLine} from './clean-text.js';
import {groupOrder} from './progress-model.js';
import {countOf, formatSeconds} from './quantity.js';
import {renderError} from './render-error.js';
import {createStyle, type Style} from './style.js';

export type RenderSummaryOptions = {
	readonly color?: boolean;
	/** How long the whole run took. */
	readonly seconds?: number;
	readonly version?: string;
	/** What of the input was left out, because that was asked for. */
	readonly leftOut?: readonly LeftOutLine[];
};

/** A line of an input file that a run did without, and why. */
export type LeftOutLine = {
	readonly at: {readonly file: string; readonly line: number};
	/** The error code of the reason, and the reason. */
	readonly code: string;
	readonly message: string;
};

/** How a step ended, in the words of the summary; a push that was done is `pushed`. */
type Word = Outcome['status'] | 'pushed';

/** The order of the rows: good news first, since what is last is nearest to the prompt. */
const words: readonly Word[] = ['unchanged', 'built', 'pushed', 'interrupted', 'blocked', 'failed'];

const wordWidth = Math.max(...words.map(word => word.length));

/** A plan may have hundreds of steps; the table stays readable. */
const mostRowsPerWord = 20;

type Row = {readonly word: Word; readonly title: string; readonly took: string; readonly note: string};

/**
Renders how a run ended: each error in full, then the table of what was built, is unchanged, was pushed, has failed or
is blocked and by what, with the time and the log of each, then the sums. One line when nothing was to be done.

A step has a row when it is a target or has a log, or when it failed; of those that were interrupted, the ones that ran.
The sums count all.

@returns lines, with a line end after the last; an empty one comes first unless it is one line.
*/
export function renderSummary(outcomes: readonly Outcome[], options: RenderSummaryOptions = {}): string {
	const style = createStyle(options.color ?? false);
	const time = options.seconds === undefined ? '' : ` (${formatSeconds(options.seconds)})`;
	if (outcomes.every(({status}) => status === 'unchanged')) {
		return `${renderLeftOut(options.leftOut ?? [], style)}nothing to do: ${describeUnchanged(outcomes)}${time}\n`;
	}

	const parts = [...renderFailures(outcomes, options), renderTable(outcomes, style), renderLeftOut(options.leftOut ?? [], style), `${describeSums(outcomes)}${time}\n`];
	if (outcomes.some(({status}) => status === 'interrupted')) {
		parts.push(`interrupted\n${style('cyan', 'hint:')} run the same command again: it goes on from here\n`);
	}

	return `\n${parts.filter(part => part !== '').join('\n')}`;
}

/** How many outcomes there are of each kind, with the words of the summary. */
export function countOutcomes(outcomes: readonly Outcome[]): Readonly<Record<Word, number>> {
	const counts: Record<Word, number> = {
		unchanged: 0, built: 0, pushed: 0, interrupted: 0, blocked: 0, failed: 0,
	};
	for (const outcome of outcomes) {
		counts[wordOf(outcome)]++;
	}

	return counts;
}

/**
The last line of the event stream of `--json`: `{"type": "summary", "seconds", "counts": {"built": 3, ...}, "targets":
[{"id", "status", "made"?}], "leftOut"?}`. What was asked for is among the targets, also where it is unchanged; `made` is
the reference of an image, or a file.
*/
export function renderSummaryEvent(outcomes: readonly Outcome[], {seconds, leftOut = []}: RenderSummaryOptions = {}): string {
	return `${JSON.stringify({
		type: 'summary',
		seconds,
		counts: countOutcomes(outcomes),
		targets: outcomes.filter(({step}) => step.target).map(outcome => ({id: outcome.step.id, status: wordOf(outcome), ...(madeBy(outcome) !== '' && {made: madeBy(outcome)})})),
		...(leftOut.length > 0 && {leftOut}),
	})}\n`;
}

/** Each line that was left out with its place. */
const renderLeftOut = (lines: readonly LeftOutLine[], style: Style): string => lines.map(({at, code, message}) =>
	`  ${style('yellow', 'left out'.padEnd(wordWidth))}  ${cleanLine(`${at.file}:${at.line}`)}  ${code} ${cleanLine(message)}\n`).join('');

function wordOf({step, status}: Outcome): Word {
	return status === 'built' && step.kind.endsWith('.push') ? 'pushed' : status;
}

function describeUnchanged(outcomes: readonly Outcome[]): string {
	const targets = targetsOf(outcomes);
	if (outcomes.length === 0) {
		return 'the plan has no steps';
	}

	return targets.length <= 5 && outcomes.some(({step}) => step.target)
		? `${targets.map(({step}) => cleanLine(step.title)).join(', ')}: unchanged`
		: `${countOf(outcomes.length, 'step')} unchanged`;
}

/** Errors in full; one that several steps have in common is shown once. */
function renderFailures(outcomes: readonly Outcome[], {color = false, version}: RenderSummaryOptions): readonly string[] {
	const failures = new Map<string, Outcome[]>();
	for (const outcome of outcomes.filter(({status, error}) => status === 'failed' && error)) {
		const text = renderError(outcome.error);
		failures.set(text, [...failures.get(text) ?? [], outcome]);
	}

	return [...failures.values()].map(alike => renderError(alike[0]!.error, {
		color,
		during: alike.map(({step}) => step.title),
		...(version !== undefined && {version}),
	}));
}

function targetsOf(outcomes: readonly Outcome[]): readonly Outcome[] {
	const marked = outcomes.filter(({step}) => step.target);
	return marked.length > 0 ? marked : outcomes;
}

function renderTable(outcomes: readonly Outcome[], style: Style): string {
	const titles = new Map(outcomes.map(({step}) => [step.id, cleanLine(step.title)]));
	const hasTargets = outcomes.some(({step}) => step.target);
	const isShown = ({step, status, log, seconds}: Outcome): boolean =>
		status === 'interrupted' ? seconds > 0 : (status === 'failed' || Boolean(step.target) || (status === 'built' && log !== undefined) || (status === 'blocked' && !hasTargets));
	const rows = words.flatMap(word => limit(word, outcomes.filter(outcome => wordOf(outcome) === word && isShown(outcome)).map(outcome => rowOf(outcome, titles))));
	const titleWidth = Math.min(60, Math.max(0, ...rows.map(({title}) => title.length)));
	const tookWidth = Math.max(0, ...rows.map(({took}) => took.length));
	return rows.map(({word, title, took, note}) =>
		`  ${style(colorOf[word], word.padEnd(wordWidth))}  ${title.padEnd(titleWidth)}  ${took.padStart(tookWidth)}  ${note}`.trimEnd() + '\n').join('');
}

const colorOf = {
	unchanged: 'dim', built: 'green', pushed: 'green', interrupted: 'yellow', blocked: 'yellow', failed: 'red',
} as const satisfies Record<Word, string>;

function rowOf(outcome: Outcome, titles: ReadonlyMap<string, string>): Row {
	const {step, status, seconds, log, blockedBy} = outcome;
	return {
		word: wordOf(outcome),
		title: titles.get(step.id)!,
		took: seconds > 0 ? formatSeconds(seconds) : '',
		note: status === 'blocked' ? `by ${titles.get(blockedBy!) ?? blockedBy!}` : cleanLine(log ?? madeBy(outcome)),
	};
}

/** Where what a step made is found: an image's reference, or the file it was to write. */
function madeBy({step, result}: Outcome): string {
	const named = (value: Json | undefined, name: string): string | undefined => {
		const found = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, Json | undefined>>)[name] : undefined;
		return typeof found === 'string' ? found : undefined;
	};

	return result === undefined ? '' : named(result, 'reference') ?? named(step.inputs, 'file') ?? '';
}

/** All that failed is shown; of the rest the first rows and how many more there are. */
function limit(word: Word, rows: readonly Row[]): readonly Row[] {
	return word === 'failed' || rows.length <= mostRowsPerWord
		? rows
		: [...rows.slice(0, mostRowsPerWord - 1), {
			word, title: `and ${rows.length - mostRowsPerWord + 1} more`, took: '', note: '',
		}];
}

/** `wheels: 3 built, 108 unchanged; images: 1 built, 1 blocked` */
function describeSums(outcomes: readonly Outcome[]): string {
	return groupOrder.flatMap((group: Step['group']) => {
		const counts = Object.entries(countOutcomes(outcomes.filter(({step}) => step.group === group))).filter(([, count]) => count > 0);
		return counts.length === 0 ? [] : [`${group}: ${counts.map(([word, count]) => `${count} ${word}`).join(', ')}`];
	}).join('; ');
}
