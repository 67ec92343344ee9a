import process from 'node:process';
import {inspect} from 'node:util';
import {BuildError, formatPlace} from '../errors.js';
import {cleanLine, cleanText} from './clean-text.js';
import {createStyle, type Style} from './style.js';

export type RenderErrorOptions = {
	readonly color?: boolean;
	/** The version of stx-build, which people need to report a bug. */
	readonly version?: string;
	/** The titles of the steps in which it happened. */
	readonly during?: readonly string[];
};

/** A chain of causes is followed so far; what is deeper says nothing to a user. */
const mostCauses = 5;

/**
Renders an error as people read it: what, where, why, and what to do.

	error STX0103 `PROJECT` is given twice
	  at build-config/images/keystone.ini:7
	hint: keep one of the two

Several problems come sorted by file and line. Anything that is not a `BuildError` is a bug of stx-build, and is shown
with its stack. Passwords in URLs are masked.

@returns lines, with a line end after the last.
*/
export function renderError(error: unknown, options: RenderErrorOptions = {}): string {
	const style = createStyle(options.color ?? false);
	if (!(error instanceof BuildError)) {
		return renderBug(error, options, style);
	}

	if (error.problems.length === 0) {
		return renderProblem(error, options.during ?? [], style);
	}

	const problems = sortProblems(error.problems).map(problem => renderProblem(problem, options.during ?? [], style));
	return `${problems.join('\n')}\n${style('bold', cleanLine(error.message))}\n`;
}

/** By file, then by line; problems without a place come first. Equal ones keep their order. */
export function sortProblems(problems: readonly BuildError[]): readonly BuildError[] {
	const placeOf = ({at: [place]}: BuildError): [string, number] => place === undefined ? ['', 0] : ('url' in place ? [place.url, 0] : [place.file, place.line ?? 0]);
	return problems.toSorted((a, b) => {
		const [fileA, lineA] = placeOf(a);
		const [fileB, lineB] = placeOf(b);
		return fileA === fileB ? lineA - lineB : (fileA < fileB ? -1 : 1);
	});
}

/** The messages of what led to an error, nearest first, without those that a message before them already says. */
export function causesOf(error: Error): readonly string[] {
	const causes: string[] = [];
	const seen = new Set<unknown>();
	let said = error.message;
	let {cause} = error;
	while (cause !== undefined && cause !== null && causes.length < mostCauses && !seen.has(cause)) {
		seen.add(cause);
		const message = cause instanceof Error ? cause.message || cause.name : (typeof cause === 'string' ? cause : inspect(cause, {depth: 1}));
		if (!said.includes(message)) {
			causes.push(cause instanceof BuildError ? `${cause.code} ${message}` : message);
			said += message;
		}

		cause = cause instanceof Error ? cause.cause : undefined;
	}

	return causes;
}

function renderProblem(error: BuildError, during: readonly string[], style: Style): string {
	const [first, ...rest] = cleanText(error.message).trimEnd().split('\n');
	const lines = [
		`${style(['red', 'bold'], 'error')} ${style('bold', error.code)} ${first!}`,
		...rest.map(line => `  ${line}`.trimEnd()),
		...renderDuring(during, style),
		...error.at.map(location => `  ${style('dim', 'at')} ${cleanLine(formatPlace(location))}`),
		...renderCauses(error, style),
	];
	if (error.hint !== undefined) {
		lines.push(`${style('cyan', 'hint:')} ${cleanText(error.hint)}`);
	}

	return `${lines.join('\n')}\n`;
}

function renderBug(error: unknown, {version, during = []}: RenderErrorOptions, style: Style): string {
	const known = error instanceof Error ? error : new Error(`thrown: ${String(error)}`);
	const stack = (known.stack ?? '').split('\n').filter(line => /^\s+at /.test(line)).map(line => `  ${style('dim', cleanText(line).trim())}`);
	const lines = [
		`${style(['red', 'bold'], 'error')} this is a bug in stx-build: ${cleanText(`${known.name}: ${known.message}`)}`,
		...renderDuring(during, style),
		...stack,
		...renderCauses(known, style),
		`stx-build ${version ?? '(unknown version)'}, Node ${process.version}, ${process.platform} ${process.arch}`,
		`${style('cyan', 'hint:')} report it with the lines above and the command you ran`,
	];
	return `${lines.join('\n')}\n`;
}

function renderDuring(during: readonly string[], style: Style): readonly string[] {
	const shown = 3;
	const titles = during.slice(0, shown).map(title => cleanLine(title)).join(', ');
	const more = during.length > shown ? ` and ${during.length - shown} more` : '';
	return during.length === 0 ? [] : [`  ${style('dim', 'in')} ${titles}${more}`];
}

function renderCauses(error: Error, style: Style): readonly string[] {
	return causesOf(error).map(cause => `  ${style('dim', 'because')} ${cleanText(cause).trimEnd().replaceAll('\n', '\n    ')}`);
}
