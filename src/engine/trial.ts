/** Trying an engine on nothing: whether it works here, or why not. */
import {BuildError} from '../errors.js';
import type {Runner, RunResult} from '../system/index.js';
import type {Engine, EngineName} from './engine.js';
import {lastLines} from './engine-error.js';

export type TrialOptions = {
	readonly run: Runner;
	readonly signal?: AbortSignal;
	/** For engines that talk to registries themselves; a daemon has settings of its own. */
	readonly caBundle?: string | undefined;
	readonly httpProxy?: string | undefined;
	readonly httpsProxy?: string | undefined;
	readonly noProxy?: string | undefined;
};

/** What is wrong with an engine here, and how to mend it. */
export type FailedTrial = {readonly name: EngineName; readonly reason: string; readonly hint: string};

/** How the trial of one engine ended. */
export type Trial = {readonly name: EngineName; readonly engine: Engine} | FailedTrial;

/** A daemon that hangs must not hold up the choice for long. */
export const trialSeconds = 10;

/** What works in a storage waits for others that work in it, and a busy machine takes its time. */
export const storageSeconds = 60;

/** Whether a program has done its work: podman ends with 0 also when it is told to end. */
export const isWell = ({exitCode, timedOut}: RunResult): boolean => exitCode === 0 && !timedOut;

/** What a program that did not do its work says of it. @param seconds it had. */
export function explainRun(result: RunResult | string, seconds: number): string {
	if (typeof result === 'string') {
		return result;
	}

	return result.timedOut ? `nothing happened for ${seconds} s` : lastLines(result.output, 1) || `exit code ${result.exitCode}`;
}

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

/** What programs written in Go read. */
export function registryVariables({caBundle, httpProxy, httpsProxy, noProxy}: TrialOptions): Record<string, string> {
	const variables = {
		SSL_CERT_FILE: caBundle, http_proxy: httpProxy, https_proxy: httpsProxy, no_proxy: noProxy,
	};

	return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
