/** Texts for the reader of directive files. */
import fc from 'fast-check';
import {directiveKeys} from '../../src/images/directives/directive.js';

/** Characters of all kinds that a value may have, those that mean something to a shell more often. */
const character = fc.oneof(
	{weight: 4, arbitrary: fc.constantFrom(...'abcXYZ019')},
	{weight: 3, arbitrary: fc.constantFrom(...' \t\n')},
	{weight: 3, arbitrary: fc.constantFrom(...'$`"\'\\!#*?[]{}()<>&|;~=:/.,-+@%^_')},
	{weight: 1, arbitrary: fc.constantFrom('é', '漢', '😀', '\u00A0', '\u2028')},
);

const content = fc.array(character, {maxLength: 24}).map(characters => characters.join(''));

const singleQuoted = content.map(text => `'${text.replaceAll('\'', '')}'`);

/** Text between double quotes: what expands is escaped, what need not be is sometimes. */
const doubleQuoted = fc.array(fc.oneof(
	character.map(text => /["$\\`]/.test(text) ? `\\${text}` : text),
	fc.constantFrom('\\\n', String.raw`\(`, String.raw`\s`, String.raw`\1`, String.raw`\n`, String.raw`\ `, '\\\t', '$ ', '$/', '$,'),
), {maxLength: 24}).map(parts => `"${parts.join('')}"`);

const bare = fc.array(fc.oneof(
	fc.constantFrom(...'abcXYZ019'),
	fc.constantFrom(...'!#*?[]{}=:/.,-+@%^_é漢'),
	fc.constantFrom(...' \t$`"\'\\#*&|;()<>~😀').map(text => `\\${text}`),
	fc.constant('\\\n'),
), {maxLength: 16}).map(parts => parts.join(''));

const body = fc.array(content.filter(line => !line.includes('\n')), {maxLength: 6}).map(lines => lines.filter(line => line !== 'EOL').map(line => `${line}\n`).join(''));

const substitution = fc.tuple(fc.constantFrom('', ' -w0', ' -w 0'), body, fc.constantFrom('\n)', ')', '\n\n )'))
	.map(([option, text, closing]) => `$(base64${option} <<'EOL'\n${text}EOL${closing === ')' ? '\n)' : closing}`);

const quotedSubstitution = fc.tuple(singleQuoted, substitution).map(([before, text]) => `"echo ${before.replaceAll(/["$\\`]/g, '')} '${text}' | base64 -d"`);

const value = fc.oneof(
	{weight: 3, arbitrary: bare},
	{weight: 3, arbitrary: doubleQuoted},
	{weight: 2, arbitrary: singleQuoted},
	{weight: 1, arbitrary: quotedSubstitution},
	{weight: 1, arbitrary: substitution},
	{weight: 1, arbitrary: fc.array(fc.oneof(bare, doubleQuoted, singleQuoted), {minLength: 2, maxLength: 4}).map(parts => parts.join(''))},
);

const comment = content.map(text => `#${text.replaceAll('\n', ' ')}`);

/** A whole file: every key at most once, comments, blank lines, with or without a newline at its end. */
export const assignmentFile = fc.tuple(
	fc.uniqueArray(fc.tuple(fc.constantFrom(...directiveKeys), value), {selector: ([key]) => key, maxLength: 8}),
	fc.array(fc.tuple(fc.constantFrom('', ' ', '\t', ' \\\n '), fc.oneof(fc.constant(''), comment.map(text => ` ${text}`)), fc.constantFrom('\n', '\n\n', '\n \n', '\n# a comment \\\n')), {minLength: 8, maxLength: 8}),
	fc.boolean(),
).map(([assignments, endings, finalNewline]) => {
	const text = assignments.map(([key, word], index) => {
		const [blank, remark, end] = endings[index]!;
		return `${index % 3 === 1 ? blank : ''}${key}=${word}${blank === ' \\\n ' && remark !== '' ? '' : blank}${remark}${end}`;
	}).join('');
	return finalNewline ? text : text.replace(/(?<![\n\\])\n+$/, '');
});

/** A value put together from the shell's own characters without a thought. */
export const shellSoup = fc.array(fc.constantFrom(...'ab \t\n\n$`"\'"\'\\\\#*?[]{}()<>&|;~=:!-@é'), {maxLength: 9}).map(parts => parts.join(''));
