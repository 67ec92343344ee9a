/** StarlingX's wheel list: a line for each wheel, with where it comes from. */
import {BuildError, throwProblems} from '../../errors.js';
import {compareWheels, type Target} from '../../python/index.js';
import {isForPythonTwo} from './explain-tags.js';
import type {LeftOut, WheelListEntry} from './inputs.js';
import {parseWheelLine, type Finding, type Line} from './parse-wheel-line.js';

/** Of which distribution a line lists which version. */
export type ListedVersion = Pick<WheelListEntry, 'wheel' | 'name' | 'version' | 'at'>;

export type WheelList = {
	/** Wheels that can be used, one for each distribution, in the order of the list. */
	readonly entries: readonly WheelListEntry[];
	/** What is listed, usable or not, as far as it can be read. */
	readonly listed: readonly ListedVersion[];
	/** All that there is to say about the list, in the order of its lines. */
	readonly findings: readonly Finding[];
	/** How many lines there are that are neither empty nor a comment. */
	readonly lines: number;
	readonly isForPythonTwo: boolean;
};

/**
Reads a wheel list as StarlingX's tools do (`#` starts a comment anywhere), and tells all that they pass over in silence.

@param file name for messages; a list with a name like `stable-wheels-py2.cfg` is for Python 2, and cannot be used.
@param target what the wheels must be installable on. A wheel that is built here gets the target's architecture, so
the one in its listed name does not count.
@returns findings: STX0401 for what is wrong with a line, STX0402 for a wheel the target cannot install, STX0403 for a
project that is listed twice, STX0421 for a list for Python 2, and STX0423, a warning, for what StarlingX's tools stumble
over.
*/
export function parseWheelList(text: string, file: string, target: Target): WheelList {
	const lines = text.split(/\r?\n/v).flatMap((raw, index): readonly Line[] => {
		const {content, comment} = splitComment(raw);
		return content === '' ? [] : [parseWheelLine(content, {at: {file, line: index + 1}, comment, target})];
	});
	if (file.endsWith('py2.cfg')) {
		return {
			entries: [], listed: [], findings: [refusePythonTwo(lines, file)], lines: lines.length, isForPythonTwo: true,
		};
	}

	const doubled = findDoubled(lines, target);
	const losing = new Set(doubled.map(({at}) => at.line));
	return {
		entries: lines.map(({entry}) => entry).filter(entry => entry !== undefined).filter(({at}) => !losing.has(at.line)),
		listed: lines.flatMap(line => listedVersion(line) ?? []),
		findings: [...lines.flatMap(({findings}) => findings), ...doubled].toSorted((a, b) => a.at.line - b.at.line),
		lines: lines.length,
		isForPythonTwo: false,
	};
}

/**
The entries to go on with, and what is left out.

@throws BuildError with all errors among the findings, unless what they are about is to be left out.
*/
export function usableEntries({entries, findings}: Pick<WheelList, 'entries' | 'findings'>, {allowUnusable}: {readonly allowUnusable: boolean}): {readonly entries: readonly WheelListEntry[]; readonly leftOut: readonly LeftOut[]} {
	const errors = findings.filter(({severity}) => severity === 'error');
	if (!allowUnusable) {
		throwProblems(errors.map(({problem}) => problem));
	}

	// One reason for each line is enough.
	const leftOut = errors.filter(({at}, index) => errors.findIndex(other => other.at.line === at.line) === index);
	return {
		entries,
		leftOut: leftOut.map(({wheel, at, problem: {code, message}}) => ({
			...(wheel !== undefined && {wheel}), at, code, message,
		})),
	};
}

/** A line without its comment; and the comment, with its `#`, where that stands right behind a word, as in a URL. */
function splitComment(line: string): {readonly content: string; readonly comment: string | undefined} {
	const start = line.indexOf('#');
	if (start === -1) {
		return {content: line.trim(), comment: undefined};
	}

	return {content: line.slice(0, start).trim(), comment: /\S$/v.test(line.slice(0, start)) ? line.slice(start).trim() : undefined};
}

function listedVersion({parsed, at}: Line): ListedVersion | undefined {
	return parsed && {
		wheel: parsed.filename, name: parsed.normalized, version: parsed.version, at,
	};
}

function refusePythonTwo(lines: readonly Line[], file: string): Finding {
	const alone = lines.filter(({parsed}) => parsed && isForPythonTwo(parsed.tags)).length;
	const at = {file, line: lines[0]?.at.line ?? 1};
	return {
		severity: 'error',
		problem: new BuildError('STX0421', `the list is for Python 2, which stx-build makes nothing for: ${alone} of its ${lines.length} wheels install on Python 2 alone`, {at, hint: 'no build reads it: what is to be in the tarball goes into the list without `-py2`, as wheels for Python 3'}),
		at,
	};
}

/** Lines for a project that others list too. The one of which pip would take the wheel stays. */
function findDoubled(lines: readonly Line[], target: Target): readonly Finding[] {
	const byName = new Map<string, Line[]>();
	for (const line of lines) {
		const name = line.parsed?.normalized;
		if (name !== undefined) {
			byName.set(name, [...byName.get(name) ?? [], line]);
		}
	}

	return [...byName].flatMap(([name, all]) => {
		const [best] = all.toSorted((a, b) => Number(b.entry !== undefined) - Number(a.entry !== undefined) || compareWheels(a.parsed!, b.parsed!, target));
		return all.filter(line => line !== best).map((line): Finding => {
			const both = [line, best!].toSorted((a, b) => a.at.line - b.at.line);
			const [first, second] = both.map(({parsed}) => parsed!.filename);
			return {
				severity: 'error',
				problem: new BuildError('STX0403', `\`${name}\` is listed twice: \`${first!}\` and \`${second!}\``, {at: both.map(({at}) => at), hint: 'keep one of the two lines'}),
				wheel: line.parsed!.filename,
				at: line.at,
			};
		});
	});
}
