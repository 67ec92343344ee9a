import {describeCommandLine, type Described, type Shell} from './command-line.js';
import {formatBash} from './format-bash.js';
import {formatFish} from './format-fish.js';
import {formatZsh} from './format-zsh.js';

const formats = {bash: formatBash, zsh: formatZsh, fish: formatFish} as const;

/** The script with which a shell completes the command line. */
export const formatCompletion = (shell: Shell, commands: readonly Described[]): string => formats[shell](describeCommandLine(commands));
