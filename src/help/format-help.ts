/** Help for people. Clipanion knows the commands; how they are shown is decided here. Pure. */
import type {CommandHelp, OptionHelp} from './command-help.js';
import {explainUnknownCommand, findCommand} from './explain-usage.js';

/**
The help for a command, or for all of them.

@param words of a command, perhaps with what it takes; none for all.
@throws BuildError STX0001 for words that are no command.
*/
export function formatHelp(words: readonly string[], commands: readonly CommandHelp[], version: string): string {
	if (words.length === 0) {
		return formatOverview(commands, version);
	}

	const meant = findCommand(words, commands);
	if (!meant) {
		throw explainUnknownCommand(words, commands);
	}

	return formatCommandHelp(meant);
}

/** What `stx-build --help` says. */
function formatOverview(commands: readonly CommandHelp[], version: string): string {
	const width = Math.max(...commands.map(({path}) => path.length));
	const categories = [...new Set(commands.map(({category}) => category))];
	return join([
		`stx-build ${version}: wheels and container images of StarlingX and OpenStack`,
		'Usage: stx-build COMMAND [options]',
		...categories.map(category => [
			`${category}:`,
			...commands.filter(command => command.category === category).map(({path, description}) => `  ${path.padEnd(width)}  ${description}`),
		].join('\n')),
		[
			'Begin with:',
			'  stx-build doctor                                          # is this machine ready?',
			'  stx-build loadbuild --service keystone --dialect builtin  # one service, from nothing to a verified image',
		].join('\n'),
		'`stx-build COMMAND --help` tells more of each, with examples.',
	]);
}

/** What `stx-build COMMAND --help` says. */
function formatCommandHelp({path, description, details, rest, options, settings, compatible, examples}: CommandHelp): string {
	return join([
		`stx-build ${path}: ${description}`,
		`Usage: stx-build ${path}${rest === '' ? '' : ` ${rest}`} [options]`,
		wrap(details, 80, ''),
		formatOptions('Options', options),
		formatOptions('As in StarlingX\'s tools', compatible),
		formatOptions('Settings (also from the environment and build-config/stx-build.ini; see `stx-build config show`)', settings),
		examples.length === 0 ? '' : ['Examples:', ...examples.flatMap(({title, command}) => [`  # ${title}`, `  ${command}`])].join('\n'),
	]);
}

function formatOptions(title: string, options: readonly OptionHelp[]): string {
	if (options.length === 0) {
		return '';
	}

	const rows = options.map(({names, value, meaning}) => ({left: `${names.replaceAll(',', ', ')}${value === '' ? '' : ` ${value}`}`, meaning}));
	const width = Math.min(34, Math.max(...rows.map(({left}) => left.length)));
	const indent = ' '.repeat(width + 4);
	return [`${title}:`, ...rows.map(({left, meaning}) => {
		const text = wrap(meaning, Math.max(40, 96 - indent.length), indent);
		return left.length > width ? `  ${left}\n${indent}${text}` : `  ${left.padEnd(width)}  ${text}`;
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
