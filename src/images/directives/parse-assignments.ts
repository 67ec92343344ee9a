/**
A file of bash assignments, read without bash: comments, bare, single- and double-quoted words, line continuation, and
the one substitution that directive files use, `$(base64 [-w0] <<'TAG' … TAG)`. What else bash would expand, run or
split is an error, so that reading a file can do nothing, and gives the same on every machine.
*/
import {Buffer} from 'node:buffer';
import {BuildError, collect} from '../../errors.js';

export type Assignment = {
	readonly name: string;
	/** As bash assigns it. */
	readonly raw: string;
	/** Line of the name, from 1. */
	readonly line: number;
};

const literal = ({kind}: Pick<Source, 'kind'>): string => `${kind} files are not run: write the value itself, or put it in single quotes if the characters are meant as they are`;
const base64 = /\$\([\t ]*base64(?<unwrapped>[\t ]+-w[\t ]*0)?[\t ]*<<[\t ]*'(?<tag>[^\n']+)'[\t ]*\n(?<rest>[\s\S]*)/y;

/**
Reads all assignments of a file, in their order; a name may come twice.

@param file name for messages.
@returns those that can be read, and STX0601 for each thing that is not a plain assignment, with its line.
*/
export function gatherAssignments(text: string, file: string, kind: Source['kind']): {readonly assignments: readonly Assignment[]; readonly problems: readonly BuildError[]} {
	const source = {text, file, kind};
	const foreign = /[^\P{Cc}\t\n]|[\uFEFF\uFFFD]/v.exec(text);
	if (foreign) {
		const [what, hint] = foreign[0] === '\r'
			? ['lines end with CR LF', 'save it with line ends of Unix; bash would make the CR a part of the values']
			: ['a character that has no place in a text: a control character, a byte order mark, or bytes that are not UTF-8', 'remove it, and save the file as plain UTF-8'];
		return {assignments: [], problems: [problem(source, foreign.index, what, hint)]};
	}

	const problems: BuildError[] = [];
	const assignments: Assignment[] = [];
	let offset = 0;
	while (offset < text.length) {
		offset = skipBlanks(text, offset);
		if (text[offset] === '\n' || text[offset] === undefined) {
			offset += 1;
			continue;
		}

		if (text[offset] === '#') {
			offset = endOfLine(text, offset);
			continue;
		}

		const start = offset;
		const found = collect(problems, () => {
			const {name, raw, end} = readAssignment(source, start);
			return {name, raw, next: endOfStatement(source, end)};
		});
		if (found) {
			assignments.push({name: found.name, raw: found.raw, line: lineAt(text, start)});
			offset = found.next;
		} else {
			// Where a broken value ends is anyone's guess: go on where the next key seems to be.
			const next = text.slice(start).search(/(?<=\n)[A-Z][\dA-Z_]*=/);
			offset = next === -1 ? text.length : start + next;
		}
	}

	return {assignments, problems};
}

type Source = {
	readonly text: string;
	readonly file: string;
	/** What its kind of files is called. */
	readonly kind: 'directive' | 'update';
};

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

const problem = ({text, file}: Source, offset: number, message: string, hint: string): BuildError => new BuildError('STX0601', message, {at: {file, line: lineAt(text, offset)}, hint});

const endOfLine = (text: string, offset: number): number => {
	const end = text.indexOf('\n', offset);
	return end === -1 ? text.length : end;
};

/** Past blanks and continued lines. */
function skipBlanks(text: string, offset: number): number {
	const blanks = /(?:[\t ]|\\\n)*/y;
	blanks.lastIndex = offset;
	blanks.exec(text);
	return blanks.lastIndex;
}

function readAssignment(source: Source, start: number): {name: string; raw: string; end: number} {
	const {text} = source;
	const word = /[^\s=]*/y;
	word.lastIndex = start;
	const name = word.exec(text)![0];
	const equals = start + name.length;
	if (text[equals] !== '=') {
		throw problem(source, start, `\`${name}\` is not an assignment`, `write KEY=value; ${literal(source)}`);
	}

	if (name.endsWith('+')) {
		throw problem(source, start, `\`${name}=\` adds to a value`, 'write the whole value in one assignment');
	}

	if (!/^[A-Z_a-z]\w*$/.test(name)) {
		throw problem(source, start, `\`${name}\` cannot be the name of a key`, 'write KEY=value, with no blank before the `=`, and no list or index');
	}

	return {name, ...readWord(source, equals + 1)};
}

/** After a value: only blanks and a comment, to the end of the line. */
function endOfStatement(source: Source, end: number): number {
	const {text} = source;
	const next = skipBlanks(text, end);
	if (text[next] === '\n' || text[next] === undefined) {
		return next;
	}

	if (text[next] === '#' && next > end) {
		return endOfLine(text, next);
	}

	const more = /\S+/y;
	more.lastIndex = next;
	throw problem(source, next, `\`${more.exec(text)![0]}\` comes after the value`, 'quote the whole value if it has blanks; give every assignment a line of its own');
}

/** One word of bash: bare and quoted parts up to a blank or the end of the line. */
function readWord(source: Source, start: number): {raw: string; end: number} {
	const {text} = source;
	let raw = '';
	let offset = start;
	while (offset < text.length && !/[\t\n ]/.test(text[offset]!)) {
		const character = text[offset]!;
		let part: Part;
		switch (character) {
			case '\'': {
				part = readSingleQuoted(source, offset);

				break;
			}

			case '"': {
				part = readDoubleQuoted(source, offset);

				break;
			}

			case '\\': {
				part = readEscaped(source, offset);

				break;
			}

			case '$': {
				part = readDollar(source, offset, false);

				break;
			}

			default: {
				refuseBare(source, offset, raw);
				part = {value: character, end: offset + 1};
			}
		}

		raw += part.value;
		offset = part.end;
	}

	return {raw, end: offset};
}

type Part = {readonly value: string; readonly end: number};

/** @param before the value so far. */
function refuseBare(source: Source, offset: number, before: string): void {
	const {text} = source;
	const character = text[offset]!;
	if (character === '(' && before === '') {
		throw problem(source, offset, 'a value in parentheses is a list', 'write the words of a list in one quoted value, with blanks between them');
	}

	if (character === '`') {
		throw problem(source, offset, 'a command in back quotes', literal(source));
	}

	if (/[&();<>|]/.test(character)) {
		throw problem(source, offset, `\`${character}\` outside of quotes ends the value`, 'quote the whole value');
	}

	if (character === '~' && /(?:^|[:=])$/.test(before)) {
		throw problem(source, offset, '`~` outside of quotes stands for a home folder', literal(source));
	}
}

function readEscaped(source: Source, offset: number): Part {
	const {text} = source;
	const next = text[offset + 1];
	if (next === undefined) {
		throw problem(source, offset, 'the file ends in a `\\`', 'remove it, or write what comes after it');
	}

	// A pair of UTF-16 units is one character to bash.
	const character = String.fromCodePoint(text.codePointAt(offset + 1)!);
	return {value: next === '\n' ? '' : character, end: offset + 1 + character.length};
}

function readSingleQuoted(source: Source, offset: number): Part {
	const {text} = source;
	const end = text.indexOf('\'', offset + 1);
	if (end === -1) {
		throw problem(source, offset, 'a `\'` that is not closed', 'close the quotation');
	}

	return {value: text.slice(offset + 1, end), end: end + 1};
}

function readDoubleQuoted(source: Source, start: number): Part {
	const {text} = source;
	let value = '';
	let offset = start + 1;
	while (offset < text.length) {
		const character = text[offset]!;
		if (character === '"') {
			return {value, end: offset + 1};
		}

		if (character === '`') {
			throw problem(source, offset, 'a command in back quotes', literal(source));
		}

		if (character === '$') {
			const part = readDollar(source, offset, true);
			value += part.value;
			offset = part.end;
		} else if (character === '\\' && text[offset + 1] !== undefined) {
			const next = text[offset + 1]!;
			value += next === '\n' ? '' : (/["$\\`]/.test(next) ? next : `\\${next}`);
			offset += 2;
		} else {
			value += character;
			offset += 1;
		}
	}

	throw problem(source, start, 'a `"` that is not closed', 'close the quotation');
}

/** A `$`: itself where bash finds nothing to expand after it, the one known substitution, or an error. */
function readDollar(source: Source, offset: number, quoted: boolean): Part {
	const {text} = source;
	if (text[offset + 1] === '(') {
		return readBase64(source, offset);
	}

	// Inside of double quotes, `$"` and `$'` are a dollar and a quote. A continued line may continue a name.
	const next = text[offset + 1] ?? '';
	if (/[\w!#$*?@[{-]/.test(next) || (!quoted && /["']/.test(next)) || text.startsWith('\\\n', offset + 1)) {
		const [expansion] = /^\$(?:\w+|.)/.exec(text.slice(offset))!;
		throw problem(source, offset, `\`${expansion}\` is an expansion of the shell`, literal(source));
	}

	return {value: '$', end: offset + 1};
}

function readBase64(source: Source, offset: number): Part {
	const {text} = source;
	base64.lastIndex = offset;
	const found = base64.exec(text);
	if (!found) {
		throw problem(source, offset, `\`${text.slice(offset, endOfLine(text, offset))}\` runs a command`, `${source.kind} files are not run: the only substitution they can have is \`$(base64 -w0 <<'TAG'\`, with the text on the lines after it, then \`TAG\` and \`)\``);
	}

	const {tag, rest, unwrapped} = found.groups as {tag: string; rest: string; unwrapped?: string};
	const body = offset + found[0].length - rest.length;
	const lines = rest.split('\n');
	const last = lines.indexOf(tag);
	if (last === -1) {
		throw problem(source, offset, `the text of \`<<'${tag}'\` has no line \`${tag}\` at its end`, `write \`${tag}\` alone on a line after it`);
	}

	const content = lines.slice(0, last).map(line => `${line}\n`).join('');
	const closing = /[\t\n ]*\)/y;
	closing.lastIndex = Math.min(text.length, body + content.length + tag.length);
	if (!closing.test(text)) {
		throw problem(source, body + content.length, `after the text of \`<<'${tag}'\`, the substitution is not closed`, 'close it with `)` on the next line');
	}

	const encoded = Buffer.from(content, 'utf8').toString('base64');
	return {value: unwrapped === undefined ? encoded.replaceAll(/.{76}(?=.)/g, '$&\n') : encoded, end: closing.lastIndex};
}
