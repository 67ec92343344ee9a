/** The completion script of zsh. Pure. */
import {
	allPaths, wordsBehind, type CompletedCommand, type CompletedOption, type Values,
} from './command-line.js';

/** @returns a script that is a completion function, for a file \`_stx-build\` on fpath; it may be sourced too. */
export function formatZsh(commands: readonly CompletedCommand[]): string {
	return `#compdef stx-build
# Completes the command line of stx-build in zsh.
_stx_build() {
    local program=$words[1] command= word
    local -i index
    for ((index = 2; index < CURRENT; index++)); do
        word=\${command:+$command }$words[index]
        case $word in
            (${allPaths(commands).map(path => quote(path)).join('|')}) command=$word ;;
            (*) break ;;
        esac
    done
    # What is left is completed as the words of that command.
    words=("$program" "\${(@)words[index,-1]}")
    ((CURRENT -= index - 2))
    case $command in
${['', ...allPaths(commands)].map(path => formatCase(commands, path)).join('\n')}
    esac
}

# Names that only stx-build knows.
_stx_build_ask() {
    local -a names=("\${(@f)$(_call_program names "$program" completion values "$@" 2>/dev/null)}")
    compadd -a names
}

# Several of them with commas between: the last one is completed.
_stx_build_list() {
    compset -P '*,'
    local -a names=("\${(@f)$(_call_program names "$program" completion values "$@" 2>/dev/null)}")
    compadd -q -S , -a names
}

_stx_build_words() {
    compset -P '*,'
    compadd -q -S , -- "$@"
}

if [[ $funcstack[1] == _stx-build ]]; then
    _stx_build "$@"
else
    compdef _stx_build stx-build
fi
`;
}

function formatCase(commands: readonly CompletedCommand[], path: string): string {
	const command = commands.find(item => item.path.join(' ') === path);
	const words = wordsBehind(commands, path === '' ? [] : path.split(' '));
	const specs = [
		...(command?.options ?? []).flatMap(option => optionSpecs(option)),
		...(words.length > 0 ? [quote(`1:command:((${words.map(({word, description}) => String.raw`${word}\:${JSON.stringify(escape(description))}`).join(' ')}))`)] : []),
		...(command?.operands ? [quote(`*:${actionOf(command.operands)}`)] : []),
	];
	return `        (${quote(path)}) _arguments \\\n            ${specs.join(' \\\n            ')} ;;`;
}

/** A spec for each name of an option; those of one option exclude each other, but where it may be repeated. */
function optionSpecs({names, meaning, values}: CompletedOption): readonly string[] {
	const repeats = meaning.endsWith('(repeatable)');
	const exclusive = names.length > 1 ? `(${names.join(' ')})` : '';
	return names.map(name => {
		const takes = values ? `:${actionOf(values)}` : '';
		return quote(`${repeats ? '*' : exclusive}${name}${values && name.startsWith('--') ? '=' : ''}[${escape(meaning)}]${takes}`);
	});
}

/** What `_arguments` calls a value, and what completes it. */
function actionOf(values: Values): string {
	switch (values.kind) {
		case 'files': {
			return 'file:_files';
		}

		case 'folders': {
			return 'folder:_files -/';
		}

		case 'anything': {
			return 'value: ';
		}

		case 'words': {
			return `value:(${values.words.join(' ')})`;
		}

		case 'word-list': {
			return `list: _stx_build_words ${values.words.join(' ')}`;
		}

		case 'names': {
			return `name: _stx_build_ask ${values.of.join(' ')}`;
		}

		case 'list': {
			return `list: _stx_build_list ${values.of.join(' ')}`;
		}
	}
}

/** A text inside a spec, where colons and brackets have a meaning. */
const escape = (text: string): string => text.replaceAll(/[:\[\]\\]/gv, String.raw`\$&`);

const quote = (text: string): string => `'${text.replaceAll('\'', String.raw`'\''`)}'`;
