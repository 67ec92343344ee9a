/** Help for people. Clipanion knows the commands; how they are shown is decided here. Pure. */
import type {Definition} from 'clipanion';
import type {CommandHelp, OptionHelp} from './context.js';

/** Clipanion wraps texts for the terminal. */
const unwrap = (text: string | undefined): string => (text ?? '').trim().replaceAll(/\s+/g, ' ');

/** A description of an option begins with what stands for its value: `URL: where …`. */
const withValue = /^(?<value>[A-Z][A-Z,|=.]*): (?<meaning>.+)$/;

/**
@param definition of a command, as clipanion gives it.
@param settingOptions names of the options that are settings.
*/
export function describeCommand(definition: Definition, settingOptions: readonly string[]): CommandHelp {
	const options = definition.options.map(({definition: text, description}): OptionHelp => {
		const [names = ''] = text.split(' ');
		const {value = '', meaning = unwrap(description)} = withValue.exec(unwrap(description))?.groups ?? {};
		return {names, value, meaning};
	}).filter(({meaning}) => meaning !== '');
	const isSetting = ({names}: OptionHelp): boolean => names.split(',').some(name => settingOptions.includes(name));
	return {
		path: definition.path.split(' ').slice(1).join(' '),
		category: unwrap(definition.category),
		description: unwrap(definition.description),
		details: unwrap(definition.details),
		rest: positionalOf(definition.usage),
		options: options.filter(option => !isSetting(option)),
		settings: options.filter(option => isSetting(option)),
		examples: (definition.examples ?? []).map(([title, command]) => ({title: unwrap(title), command: command.trim()})),
	};
}

/** The positional arguments in clipanion's usage. It does not tell the name of those that may be left out altogether, which are files. */
function positionalOf(usage: string): string {
	const words = [...usage.matchAll(/<(?<needed>[A-Z|]+)>(?<many> \.{3})?|\[(?<optional>[A-Z|]+)]/g)].map(({groups: {needed, many, optional} = {}}) =>
		needed === undefined ? `[${optional!}]` : `${needed}${many === undefined ? '' : '...'}`);
	return words.length === 0 && usage.endsWith(' ...') ? '[FILE...]' : words.join(' ');
}

/** What `stx-build --help` says. */
export function formatOverview(commands: readonly CommandHelp[], version: string): string {
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
			'  stx-build doctor                        # is this machine ready?',
			'  stx-build loadbuild --service keystone  # one service, from nothing to a verified image',
		].join('\n'),
		'`stx-build COMMAND --help` tells more of each, with examples.',
	]);
}

/** What `stx-build COMMAND --help` says. */
export function formatCommandHelp({path, description, details, rest, options, settings, examples}: CommandHelp): string {
	return join([
		`stx-build ${path}: ${description}`,
		`Usage: stx-build ${path}${rest === '' ? '' : ` ${rest}`} [options]`,
		wrap(details, 80, ''),
		formatOptions('Options', options),
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
