/** The command line as a shell completes it: commands, their options, and what stands for a value. Pure. */

/** What completes a value. */
export type Values
	= | {readonly kind: 'files' | 'folders' | 'anything'}
		| {readonly kind: 'words'; readonly words: readonly string[]}
	/** Names that only stx-build knows, as they are there and then: `completion values` tells them. */
		| {readonly kind: 'names'; readonly of: readonly Named[]}
	/** The same, several of them with commas between. */
		| {readonly kind: 'list'; readonly of: readonly Named[]}
		| {readonly kind: 'word-list'; readonly words: readonly string[]};

/** What `completion values` tells the names of. */
export type Named = 'images' | 'wheels';

export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = typeof shells[number];

export type CompletedOption = {
	/** `--jobs`, `-j`. */
	readonly names: readonly string[];
	readonly meaning: string;
	/** Undefined for a flag. */
	readonly values?: Values;
};

export type CompletedCommand = {
	/** Its words; none for the program itself. */
	readonly path: readonly string[];
	readonly description: string;
	readonly options: readonly CompletedOption[];
	/** What its own words are, when it takes any. */
	readonly operands?: Values;
};

/** What the help tells of a command. */
export type Described = {
	readonly path: string;
	readonly description: string;
	/** `FILE...`, `OLD [NEW]`; empty when there are none. */
	readonly rest: string;
	readonly options: readonly DescribedOption[];
	readonly settings: readonly DescribedOption[];
};

type DescribedOption = {readonly names: string; readonly value: string; readonly meaning: string};

/** What stands for a value in the help says how it is completed. */
const byPlaceholder: Readonly<Record<string, Values>> = {
	FILE: {kind: 'files'},
	OLD: {kind: 'files'},
	NEW: {kind: 'files'},
	FOLDER: {kind: 'folders'},
	'FILE|URL': {kind: 'files'},
	'URL|FOLDER': {kind: 'folders'},
	PATH: {kind: 'files'},
	IMAGES: {kind: 'list', of: ['images']},
	WHEELS: {kind: 'list', of: ['wheels']},
	WHEEL: {kind: 'names', of: ['wheels']},
	'IMAGE|WHEEL': {kind: 'names', of: ['images', 'wheels']},
	SHELL: {kind: 'words', words: shells},
};

/** A meaning ends in the values that there are, when these are few: `architecture, by its Debian name (amd64, arm64)`. */
const choices = /\((?<words>[\w\-]+(?:, [\w\-]+)+)\)$/v;

const help: CompletedOption = {names: ['--help', '-h'], meaning: 'tell how it is used'};

/**
@param commands as the help tells them.
@returns them in the same order, behind the program itself.
*/
export function describeCommandLine(commands: readonly Described[]): readonly CompletedCommand[] {
	const commandWords = [...new Set(commands.flatMap(({path}) => path.split(' ')))];
	return [
		{path: [], description: '', options: [help, {names: ['--version'], meaning: 'tell the version'}]},
		...commands.map(({path, description, rest, options, settings}): CompletedCommand => {
			const [operand] = rest.split(' ').map(word => word.replaceAll(/[\[\].]/gv, ''));
			return {
				path: path.split(' '),
				description,
				options: [...options.map(option => completeOption(option)), ...settings.map(option => completeOption(option)), help],
				...(operand !== undefined && operand !== '' && {operands: operand === 'COMMAND' ? {kind: 'words', words: commandWords} : byPlaceholder[operand] ?? {kind: 'anything'}}),
			};
		}),
	];
}

function completeOption({names, value, meaning}: DescribedOption): CompletedOption {
	return {names: names.split(','), meaning, ...(value !== '' && {values: valuesOf(value, meaning)})};
}

function valuesOf(placeholder: string, meaning: string): Values {
	const words = choices.exec(meaning)?.groups?.words?.split(', ');
	if (words) {
		return {kind: placeholder === 'LIST' ? 'word-list' : 'words', words};
	}

	return byPlaceholder[placeholder] ?? {kind: 'anything'};
}

/** The words that may follow the words of a command, with what they mean where they complete a command. */
export function wordsBehind(commands: readonly CompletedCommand[], path: readonly string[]): ReadonlyArray<{readonly word: string; readonly description: string}> {
	const below = commands.filter(command => command.path.length > path.length && path.every((word, index) => command.path[index] === word));
	const words = [...new Set(below.map(command => command.path[path.length]!))];
	return words.map(word => ({
		word,
		description: below.find(command => command.path.length === path.length + 1 && command.path.at(-1) === word)?.description ?? `${below.filter(command => command.path[path.length] === word).map(command => command.path.at(-1)).join(', ')}`,
	}));
}

/** Every beginning of a command's words, longest last: `config`, `config show`. */
export function allPaths(commands: readonly CompletedCommand[]): readonly string[] {
	return [...new Set(commands.flatMap(({path}) => path.map((_, index) => path.slice(0, index + 1).join(' '))))].toSorted();
}
