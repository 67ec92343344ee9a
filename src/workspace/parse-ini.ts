/**
Ini files with the line of every key.

The `ini` package decodes the values, but by itself it cuts a value at `#` or `;`, nests sections whose names have
dots, turns `true` into a boolean and takes the last of two equal keys, all in silence. So lines are split here, each
value is handed over protected, and what is ambiguous is an error.
*/
import {unsafe} from 'ini';
import {
	BuildError, collect, problemsOf, throwProblems,
} from '../errors.js';

export type IniValue = {
	/** A text, or the texts of `key[] = …` lines in their order. */
	readonly value: string | readonly string[];
	/** Line of the (first) assignment, from 1. */
	readonly line: number;
};

export type IniSection = {
	/** Line of the header, from 1; 0 for the keys before the first header. */
	readonly line: number;
	readonly keys: ReadonlyMap<string, IniValue>;
};

export type IniFile = {
	readonly file: string;
	/** By name; keys before the first header are in section `''`. */
	readonly sections: ReadonlyMap<string, IniSection>;
};

const header = /^\[(?<name>[^\]]+)]$/;
const assignment = /^(?<key>[^=[\]]+?)(?<array>\[])?\s*=\s*(?<value>.*)$/;
const quoted = /^(?:"(?:[^"\\]|\\.)*"|'[^']*')$/;

/**
Reads an ini text: `[section]`, `key = value`, `key[] = value` (repeatable), whole-line comments with `#` or `;`.

@param file name for messages.
@throws BuildError STX0101 for a line that is none of these, STX0103 for a key or section given twice; all at once.
*/
export function parseIni(text: string, file: string): IniFile {
	const {ini, problems} = gatherIni(text, file);
	throwProblems(problems);
	return ini;
}

/**
Reads an ini text and what it says, so that a line that cannot be read does not hide what is wrong with the others.

@param read what makes something of the file; it may throw what is wrong with that.
@throws BuildError with the problems of both, as `parseIni` and `read` have them.
*/
export function readIni<T>(text: string, file: string, read: (ini: IniFile) => T): T {
	const {ini, problems} = gatherIni(text, file);
	const found: BuildError[] = [];
	const result = collect(found, () => read(ini));
	throwProblems([...problems, ...notFollowing(found, ini, problems)]);
	return result!;
}

/** Problems of a file's content without those that may follow from what cannot be read in it: of the same lines, and of what lacks in a section with such a line. */
export function notFollowing(found: readonly BuildError[], {file, sections}: IniFile, unread: readonly BuildError[]): readonly BuildError[] {
	const broken = unread.filter(({code}) => code === 'STX0101');
	if (broken.length === 0) {
		return found;
	}

	const headers = [...sections.values()].map(({line}) => line);
	const lines = broken.flatMap(({at}) => at.flatMap(place => 'line' in place ? place.line ?? [] : []));
	const doubtful = new Set([...lines, ...lines.map(line => Math.max(0, ...headers.filter(other => other <= line)))]);
	return found.flatMap(problem => problemsOf(problem)).filter(({at: [place]}) => {
		const line = place !== undefined && 'file' in place && place.file === file ? place.line : undefined;
		return line !== undefined && line > 0 && !doubtful.has(line);
	});
}

/** An ini file as far as it can be read, and what cannot. */
export function gatherIni(text: string, file: string): {readonly ini: IniFile; readonly problems: readonly BuildError[]} {
	const problems: BuildError[] = [];
	const sections = new Map<string, {line: number; keys: Map<string, {value: string | string[]; line: number}>}>();
	let current = {line: 0, keys: new Map<string, {value: string | string[]; line: number}>()};
	sections.set('', current);
	const lines = text.replace(/^\uFEFF/v, '').split(/\r?\n/v);
	for (const [index, raw] of lines.entries()) {
		const line = index + 1;
		const content = raw.trim();
		const at = {file, line};
		if (content === '' || content.startsWith('#') || content.startsWith(';')) {
			continue;
		}

		const name = header.exec(content)?.groups?.name?.trim();
		if (name !== undefined) {
			const earlier = sections.get(name);
			if (earlier) {
				problems.push(new BuildError('STX0103', `section [${name}] is given twice`, {at: [at, {file, line: earlier.line}], hint: 'put the keys of both under one header'}));
			}

			current = earlier ?? {line, keys: new Map()};
			sections.set(name, current);
			continue;
		}

		const {key, array, value} = assignment.exec(content)?.groups ?? {};
		if (key === undefined || value === undefined) {
			if (content.startsWith('[')) {
				// Nobody knows whose the keys are that follow.
				current = {line, keys: new Map()};
			}

			problems.push(new BuildError('STX0101', `\`${content}\` is neither a [section] nor a \`key = value\` line`, {at, ...(content.startsWith('[') ? {hint: 'close the header with `]`'} : {hint: 'a value takes one line; a comment starts with `#`'})}));
			continue;
		}

		const decoded = decode(value, at, problems);
		const known = current.keys.get(key);
		if (array !== undefined && Array.isArray(known?.value)) {
			known.value.push(decoded);
		} else if (known) {
			problems.push(new BuildError('STX0103', `\`${key}\` is given twice`, {at: [at, {file, line: known.line}], hint: 'keep one of the two lines'}));
		} else {
			current.keys.set(key, {value: array === undefined ? decoded : [decoded], line});
		}
	}

	return {ini: {file, sections}, problems};
}

function decode(value: string, at: {readonly file: string; readonly line: number}, problems: BuildError[]): string {
	if (quoted.test(value)) {
		return String(unsafe(value));
	}

	if (/^["']/v.test(value)) {
		problems.push(new BuildError('STX0101', `the quotation of \`${value}\` does not end where the value ends`, {at, hint: 'quote the whole value, or none of it'}));
	} else if (/\s#/v.test(value)) {
		problems.push(new BuildError('STX0101', `\`${value}\` has a \`#\`: is it a comment or a part of the value?`, {at, hint: 'put a comment on a line of its own, or quote the whole value'}));
	}

	return String(unsafe(value.replaceAll(/[\\;#]/gv, String.raw`\$&`)));
}
