export {childEnvironment, createRunner, renderCommand, runChecked, type Command, type Runner, type RunOptions, type RunResult} from './run.js';
export {digestOfFile, exists, fileError, readText, withTemporaryFolder, writeWhole} from './files.js';
export {systemClock, type Clock} from './clock.js';
