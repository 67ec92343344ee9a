/** Trying an engine on nothing: whether it works here, or why not. */
import {BuildError} from '../errors.js';
import type {Runner, RunResult} from '../system/index.js';
import type {Engine, EngineName} from './engine.js';

export type TrialOptions = {
	readonly run: Runner;
	readonly signal?: AbortSignal;
	/** For engines that talk to registries themselves; a daemon has settings of its own. */
	readonly caBundle?: string | undefined;
	readonly httpProxy?: string | undefined;
	readonly httpsProxy?: string | undefined;
	readonly noProxy?: string | undefined;
};

/** How the trial of one engine ended. */
export type Trial
	= | {readonly name: EngineName; readonly engine: Engine}
		| {readonly name: EngineName; readonly reason: string; readonly hint: string};

/** A daemon that hangs must not hold up the choice for long. */
export const trialSeconds = 10;

/** The result of a run, or why the program could not be run. Only an interruption is thrown. */
export async function attempt(running: Promise<RunResult>): Promise<RunResult | string> {
	try {
		return await running;
	} catch (error) {
		if (error instanceof BuildError && error.code !== 'STX0003') {
			return error.message;
		}

		throw error;
	}
}
