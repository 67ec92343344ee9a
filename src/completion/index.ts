export {
	describeCommandLine, shells, type CompletedCommand, type Described, type Named, type Shell,
} from './command-line.js';
export {formatCompletion} from './format-completion.js';
