/** The completion script of bash. Pure. */
import {
	allPaths, wordsBehind, type CompletedCommand, type Values,
} from './command-line.js';

/** @returns a script to be sourced; bash 4.4 or later. */
export function formatBash(commands: readonly CompletedCommand[]): string {
	return `# Completes the command line of stx-build in bash.
_stx_build() {
    local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command='' index word
    COMPREPLY=()
    # Bash takes \`--option=value\` for three words.
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=\${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for ((index = 1; index < COMP_CWORD; index++)); do
        word=\${command:+$command }\${COMP_WORDS[index]}
        case $word in
            ${allPaths(commands).map(path => quote(path)).join(' | ')}) command=$word ;;
            *) break ;;
        esac
    done
    if [[ $prev == -* ]]; then
        case "$command $prev" in
${optionCases(commands)}
        esac
    fi
    if [[ $cur == -* ]]; then
        case $command in
${commands.map(({path, options}) => `            ${quote(path.join(' '))}) _stx_build_words ${quote(options.flatMap(({names}) => names).join(' '))} ;;`).join('\n')}
        esac
        return
    fi
    case $command in
${operandCases(commands)}
    esac
}

_stx_build_words() {
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

# Several words with commas between: the last one is completed.
_stx_build_list() {
    mapfile -t COMPREPLY < <(compgen -P "\${cur%"\${cur##*,}"}" -W "$1" -- "\${cur##*,}")
    compopt -o nospace
}

_stx_build_files() {
    mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
    compopt -o filenames
}

# Names that only stx-build knows.
_stx_build_ask() {
    "\${COMP_WORDS[0]}" completion values "$@" 2>/dev/null
}

complete -F _stx_build stx-build
`;
}

/** What completes the value of an option: one case for all commands where it is the same in all of them. */
function optionCases(commands: readonly CompletedCommand[]): string {
	const uses = commands.flatMap(({path, options}) => options.flatMap(({names, values}) => values ? names.map(name => ({path: path.join(' '), name, action: actionOf(values)})) : []));
	const actionsOf = (name: string) => new Set(uses.filter(use => use.name === name).map(({action}) => action));
	// The name may be a flag elsewhere.
	const isFlag = (name: string) => commands.some(({options}) => options.some(option => option.names.includes(name) && !option.values));
	const patterns = new Map<string, Set<string>>();
	for (const {path, name, action} of uses) {
		const pattern = actionsOf(name).size === 1 && !isFlag(name) ? `*${quote(` ${name}`)}` : quote(`${path} ${name}`);
		patterns.set(action, (patterns.get(action) ?? new Set()).add(pattern));
	}

	return [...patterns].map(([action, all]) => `            ${[...all].join(' | ')})${action === '' ? '' : ` ${action};`} return ;;`).join('\n');
}

/** What completes the words that are no options: those of a longer command, and its own. */
function operandCases(commands: readonly CompletedCommand[]): string {
	return ['', ...allPaths(commands)].flatMap(path => {
		const words = wordsBehind(commands, path === '' ? [] : path.split(' ')).map(({word}) => word);
		const operands = commands.find(command => command.path.join(' ') === path)?.operands;
		const actions = [...(words.length > 0 ? [`((index == COMP_CWORD)) && _stx_build_words ${quote(words.join(' '))}`] : []), ...(operands ? [actionOf(operands)] : [])];
		return actions.every(action => action === '') ? [] : [`        ${quote(path)}) ${actions.join('; ')} ;;`];
	}).join('\n');
}

function actionOf(values: Values): string {
	switch (values.kind) {
		case 'files': {
			return '_stx_build_files -f';
		}

		case 'folders': {
			return '_stx_build_files -d';
		}

		case 'anything': {
			return '';
		}

		case 'words': {
			return `_stx_build_words ${quote(values.words.join(' '))}`;
		}

		case 'word-list': {
			return `_stx_build_list ${quote(values.words.join(' '))}`;
		}

		case 'names': {
			return `_stx_build_words "$(_stx_build_ask ${values.of.join(' ')})"`;
		}

		case 'list': {
			return `_stx_build_list "$(_stx_build_ask ${values.of.join(' ')})"`;
		}
	}
}

const quote = (text: string): string => `'${text.replaceAll('\'', String.raw`'\''`)}'`;
