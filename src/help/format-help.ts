/** Help for people. Clipanion knows the commands; how they are shown is decided here. Pure. */
import type {CommandHelp, OptionHelp} from './command-help.js';
import {explainUnknownCommand, findCommand} from './explain-usage.js';

/** Longer lines are hard to read, in shorter ones there is no room for two columns. */
const [fewestColumns, usualColumns, mostColumns] = [40, 80, 100];

/**
The help for a command, or for all of them.

@param words of a command, perhaps with what it takes; none for all.
@param columns of the terminal; lines have no more, but for command lines, which are there to be copied.
@throws BuildError STX0001 for words that are no command.
*/
export function formatHelp(words: readonly string[], commands: readonly CommandHelp[], {version, columns}: {readonly version: string; readonly columns: number | undefined}): string {
	const width = Math.min(mostColumns, Math.max(fewestColumns, columns ?? usualColumns));
	if (words.length === 0) {
		return formatOverview(commands, version, width);
	}

	const meant = findCommand(words, commands);
	if (!meant) {
		throw explainUnknownCommand(words, commands);
	}

	return formatCommandHelp(meant, width);
}

/** What `stx-build --help` says. */
function formatOverview(commands: readonly CommandHelp[], version: string, width: number): string {
	const categories = [...new Set(commands.map(({category}) => category))];
	return join([
		wrap(`stx-build ${version}: wheels and container images of StarlingX and OpenStack`, width, ''),
		'Usage: stx-build COMMAND [options]',
		...categories.map(category => formatRows(`${category}:`, commands.filter(command => command.category === category).map(({path, description}) => ({left: path, meaning: description})), width, Math.max(...commands.map(({path}) => path.length)))),
		[
			'Begin with:',
			...formatExample({title: 'Is this machine ready?', command: 'stx-build doctor'}, width),
			...formatExample({title: 'One service, from nothing to a verified image', command: 'stx-build loadbuild --service keystone --dialect builtin'}, width),
		].join('\n'),
		wrap('`stx-build COMMAND --help` tells more of each, with examples.', width, ''),
	]);
}

/** What `stx-build COMMAND --help` says. */
function formatCommandHelp({path, description, details, rest, options, settings, compatible, examples}: CommandHelp, width: number): string {
	return join([
		wrap(`stx-build ${path}: ${description}`, width, ''),
		wrap(`Usage: stx-build ${path}${rest === '' ? '' : ` ${rest}`} [options]`, width, '  '),
		wrap(details, Math.min(width, usualColumns), ''),
		formatOptions('Options', options, width),
		formatOptions('As in StarlingX\'s tools', compatible, width),
		formatOptions('Settings (also from the environment and build-config/stx-build.ini; see `stx-build config show`)', settings, width),
		examples.length === 0 ? '' : ['Examples:', ...examples.flatMap(example => formatExample(example, width))].join('\n'),
	]);
}

const formatExample = ({title, command}: CommandHelp['examples'][number], width: number): readonly string[] => [`  # ${wrap(title, width - 4, '  # ')}`, `  ${command}`];

function formatOptions(title: string, options: readonly OptionHelp[], width: number): string {
	return options.length === 0 ? '' : formatRows(wrap(`${title}:`, width, ''), options.map(({names, value, meaning}) => ({left: `${names.replaceAll(',', ', ')}${value === '' ? '' : ` ${value}`}`, meaning})), width);
}

/** What is longer has its meaning below it. */
const widestColumn = 34;

/** The least that is left for a meaning beside what it is of. */
const leastMeaning = 42;

function formatRows(title: string, rows: ReadonlyArray<{readonly left: string; readonly meaning: string}>, width: number, longest = Math.max(...rows.map(({left}) => left.length))): string {
	const padded = Math.min(widestColumn, longest, Math.max(2, width - leastMeaning - 4));
	const indent = ' '.repeat(padded + 4);
	return [title, ...rows.map(({left, meaning}) => {
		const text = wrap(meaning, width - indent.length, indent);
		return left.length > padded ? `  ${wrap(left, width - 2, '  ')}\n${indent}${text}` : `  ${left.padEnd(padded)}  ${text}`;
	})].join('\n');
}

/** Breaks a text into lines of at most `width`; all but the first begin with `indent`. */
function wrap(text: string, width: number, indent: string): string {
	const lines: string[] = [];
	let line = '';
	for (const word of text.split(' ')) {
		if (line !== '' && line.length + 1 + word.length > width) {
			lines.push(line);
			line = word;
		} else {
			line = line === '' ? word : `${line} ${word}`;
		}
	}

	return [...lines, line].join(`\n${indent}`);
}

const join = (parts: readonly string[]): string => `${parts.filter(part => part !== '').join('\n\n')}\n`;
