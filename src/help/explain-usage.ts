/** What is wrong with a command line, and what may have been meant. Clipanion finds that something is; the words are ours. Pure. */
import {BuildError} from '../errors.js';
import {askFor, nearNames} from '../near-names.js';
import type {CommandHelp} from './command-help.js';

/** The words with which a command line begins: those before its first option. */
export function leadingWords(argv: readonly string[]): readonly string[] {
	const end = argv.findIndex(word => word.startsWith('-'));
	return end === -1 ? argv : argv.slice(0, end);
}

/** The command with the most words that a line begins with: of `wheels` and `wheels lint` the longer one. */
function longestCommand(words: readonly string[], commands: readonly CommandHelp[]): CommandHelp | undefined {
	return commands.filter(({path}) => path.split(' ').every((word, index) => words[index] === word)).toSorted((a, b) => b.path.length - a.path.length)[0];
}

/**
The command that a line begins with.

@param words those before the first option.
@returns undefined where one of them is neither of the command nor something that it takes.
*/
export function findCommand(words: readonly string[], commands: readonly CommandHelp[]): CommandHelp | undefined {
	const found = longestCommand(words, commands);
	return found && (found.rest !== '' || words.length === found.path.split(' ').length) ? found : undefined;
}

/**
@param said the first line of Clipanion's message.
@param argv the words after the program's name.
*/
export function explainUsage(said: string, argv: readonly string[], commands: readonly CommandHelp[]): BuildError {
	const words = leadingWords(argv);
	const meant = findCommand(words, commands);
	if (!meant) {
		return explainUnknownCommand(words, commands);
	}

	const {message, hint} = explainWords(said, meant, argv);
	return new BuildError('STX0001', `stx-build ${meant.path}: ${message}`, {hint: hint ?? `\`stx-build ${meant.path} --help\` tells its options`});
}

/** The error for words that are no command, with those that are near to them. */
export function explainUnknownCommand(words: readonly string[], commands: readonly CommandHelp[]): BuildError {
	const [first = ''] = words;
	const own = longestCommand(words, commands);
	const group = own?.path ?? first;
	const word = words[group.split(' ').length];
	const below = commands.filter(({path}) => path.startsWith(`${group} `)).map(({path}) => path);
	if (own && below.length === 0) {
		return new BuildError('STX0001', `stx-build ${own.path}: it takes no word \`${word ?? ''}\``, {
			hint: own.options.some(({names}) => names.split(',').includes('--service')) ? `did you mean \`--service ${word ?? ''}\`?` : `\`stx-build ${own.path} --help\` tells what it takes`,
		});
	}

	const isGroup = below.length > 0 && word !== undefined;
	const near = isGroup
		? nearNames(word, below.map(path => path.slice(group.length + 1))).map(other => `${group} ${other}`)
		: (below.length > 0 ? [] : commandsNear(first, commands));
	// Of few there is no need to choose.
	const meant = near.length === 0 && below.length <= 3 ? below : near;
	return new BuildError('STX0001', words.length === 0 ? 'a command is missing' : `there is no command \`${isGroup ? `${group} ${word}` : first}\``, {
		hint: askFor(meant) ?? '`stx-build --help` tells the commands',
	});
}

/** By its first word, or by the last where that says what it does: `show`, `lint`. */
function commandsNear(word: string, commands: readonly CommandHelp[]): readonly string[] {
	const byWord = new Map<string, readonly string[]>();
	for (const {path} of commands) {
		const words = path.split(' ');
		for (const known of new Set([words[0]!, words.at(-1)!])) {
			// `wheels` is a command itself, and stands for no other.
			if (known === path || commands.every(other => other.path !== known)) {
				byWord.set(known, [...byWord.get(known) ?? [], path]);
			}
		}
	}

	return byWord.get(word) ?? nearNames(word, [...byWord.keys()]).flatMap(known => byWord.get(known)!);
}

/** What Clipanion says of the words behind a command, with what it leaves out. */
function explainWords(said: string, {path, rest, options, settings, compatible}: CommandHelp, argv: readonly string[]): {readonly message: string; readonly hint?: string} {
	if (/^not enough positional/iv.test(said)) {
		return {message: `it needs ${rest}`};
	}

	const valued = /^not enough arguments to option (?<name>\S+)/iv.exec(said)?.groups?.name?.replace(/\.$/v, '');
	if (valued !== undefined) {
		return {message: `${valued} needs a value; one that begins with \`-\` is written as ${valued}=VALUE`};
	}

	const unknown = /^(?:unsupported|invalid) option name \("(?<name>[^"]+)"\)/iv.exec(said)?.groups?.name;
	const flags = new Set([...options, ...settings, ...compatible].filter(({value}) => value === '').flatMap(({names}) => names.split(',')));
	const [flag = '', ...value] = unknown?.split('=') ?? [];
	if (value.length > 0 && flags.has(flag)) {
		return {message: `${flag} takes no value`};
	}

	if (unknown !== undefined) {
		const names = [...options, ...settings].flatMap(option => option.names.split(',')).filter(name => name.startsWith('--'));
		const hint = askFor(nearNames(unknown, names));
		return {message: `it has no option \`${unknown}\``, ...(hint !== undefined && {hint})};
	}

	const extra = /^extraneous positional argument \("(?<word>[^"]*)"\)/iv.exec(said)?.groups?.word;
	if (extra !== undefined) {
		return {message: `it takes no word \`${extra}\``};
	}

	// Of these Clipanion names the commands that would take them, which are none.
	if (/^command not found/iv.test(said)) {
		const words = argv.includes('--') ? argv.slice(argv.indexOf('--') + 1) : leadingWords(argv).slice(path.split(' ').length + rest.split(' ').filter(word => word !== '').length);
		return {message: words[0] === undefined ? 'it takes no such words' : `it takes no word \`${words[0]}\``};
	}

	return {message: `${said.charAt(0).toLowerCase()}${said.slice(1).replace(/\.$/v, '')}`};
}
