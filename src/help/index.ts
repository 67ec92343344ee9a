export type {CommandHelp, OptionHelp} from './command-help.js';
export {explainUsage, leadingWords} from './explain-usage.js';
export {formatHelp} from './format-help.js';
