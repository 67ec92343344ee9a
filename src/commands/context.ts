import type {BaseContext} from 'clipanion';
import type {CommandHelp} from '../help/index.js';
import type {Effects} from '../loadbuild/index.js';
import type {Listen} from '../system/index.js';
import type {Settings, Surroundings} from '../workspace/index.js';

/** What a command has of the world. Only src/cli.ts makes one with real effects. */
export type Context = BaseContext & {
	readonly surroundings: Surroundings;
	/** The folder that holds stx-build's own build-config/ and wheels/. */
	readonly packageFolder: string;
	readonly version: string;
	/** All commands, as the help tells them. */
	describeCommands(): readonly CommandHelp[];
	/** Aborted on Ctrl+C, and when nobody reads standard output any more. */
	readonly signal: AbortSignal;
	/** Whether standard output can still be written: whoever reads it may have left, as `head` does. */
	hasReader(): boolean;
	/** Starts an HTTP server. */
	readonly listen: Listen;
	/**
	Makes the effects that the settings shape.
	@param format how work is reported: to people on standard error, or as JSON events on standard output.
	*/
	effects(settings: Settings, format: 'people' | 'json'): Promise<Effects>;
};
