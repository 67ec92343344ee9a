/** The completion script of fish. Pure. */
import {
	allPaths, wordsBehind, type CompletedCommand, type CompletedOption, type Values,
} from './command-line.js';

/** @returns a script for a file `stx-build.fish` in a folder of fish's completions; fish 3.1 or later. */
export function formatFish(commands: readonly CompletedCommand[]): string {
	const paths = allPaths(commands);
	return `# Completes the command line of stx-build in fish.

# The words of the command that is being written.
function __stx_build_command
    set -l command
    for word in (commandline -opc)[2..-1]
        switch (string join ' ' -- $command $word)
            case ${paths.map(path => quote(path)).join(' ')}
                set -a command $word
            case '*'
                break
        end
    end
    string join ' ' -- $command
end

# Whether this command is being written; with --next, whether its words are all there is yet.
function __stx_build_is
    set -l command (__stx_build_command)
    test "$command" = "$argv[1]"; or return 1
    test "$argv[2]" != --next; or test (count (commandline -opc)) -eq (math 1 + (count (string split -n ' ' -- $command)))
end

# Names that only stx-build knows.
function __stx_build_ask
    set -l program (commandline -opc)[1]
    $program completion values $argv 2>/dev/null
end

# Several words with commas between: the last one is completed.
function __stx_build_list
    set -l written (string replace -r '^--[^=]*=' '' -- (commandline -ct))
    set -l before (string replace -r '[^,]*$' '' -- $written)
    for word in $argv
        echo $before$word
    end
end

complete -c stx-build -e
complete -c stx-build -f
${['', ...paths].flatMap(path => formatCommand(commands, path)).join('\n')}
`;
}

function formatCommand(commands: readonly CompletedCommand[], path: string): readonly string[] {
	const command = commands.find(item => item.path.join(' ') === path);
	const line = (condition: string, ...words: readonly string[]) => `complete -c stx-build -n ${quote(`__stx_build_is ${JSON.stringify(path)}${condition}`)} ${words.join(' ')}`;
	return [
		...wordsBehind(commands, path === '' ? [] : path.split(' ')).map(({word, description}) => line(' --next', '-a', quote(word), '-d', quote(description))),
		...(command?.options ?? []).map(option => line('', ...optionWords(option))),
		...(command?.operands ? [line('', ...operandWords(command.operands))] : []),
	];
}

const optionWords = ({names, meaning, values}: CompletedOption): readonly string[] => [
	...names.map(name => name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`),
	...(values ? valueWords(values) : []),
	'-d',
	quote(meaning),
];

/** The value of an option: it must be there. */
const valueWords = (values: Values): readonly string[] => values.kind === 'files' ? ['-r', '-F'] : ['-x', ...argumentsOf(values)];

const operandWords = (values: Values): readonly string[] => values.kind === 'files' ? ['-F'] : argumentsOf(values);

function argumentsOf(values: Values): readonly string[] {
	switch (values.kind) {
		case 'files':
		case 'anything': {
			return [];
		}

		case 'folders': {
			return ['-a', quote('(__fish_complete_directories)')];
		}

		case 'words': {
			return ['-a', quote(values.words.join(' '))];
		}

		case 'word-list': {
			return ['-a', quote(`(__stx_build_list ${values.words.join(' ')})`)];
		}

		case 'names': {
			return ['-a', quote(`(__stx_build_ask ${values.of.join(' ')})`)];
		}

		case 'list': {
			return ['-a', quote(`(__stx_build_list (__stx_build_ask ${values.of.join(' ')}))`)];
		}
	}
}

/** Fish knows two escapes within single quotes. */
const quote = (text: string): string => `'${text.replaceAll(/[\\']/gv, String.raw`\$&`)}'`;
