import {lastLines} from './engine-error.js';
import type {EngineName} from './engine.js';
import {parseLimits, type Limits} from './parse-limits.js';
import {confine} from './plan-confinement.js';
import {
	attempt, trialSeconds, type FailedTrial, type TrialOptions,
} from './trial.js';

/** Makes the namespaces that the builds of an engine are put into. @returns the limits of processes in them, or why they cannot be made. */
export async function tryNamespaces(name: EngineName, {run, signal}: TrialOptions): Promise<{readonly limits: Limits} | FailedTrial> {
	const confined = await attempt(run({argv: confine(['cat', '/proc/self/limits'], 'none'), killSignal: 'SIGKILL'}, {timeoutSeconds: trialSeconds, ...(signal && {signal})}));
	if (typeof confined !== 'string' && confined.exitCode === 0) {
		return {limits: parseLimits(confined.stdout)};
	}

	const why = typeof confined === 'string' ? confined : lastLines(confined.output, 1);
	// What unshare(1) says in a chroot.
	const hint = why.includes('propagation')
		? 'make the folder of the chroot a mount point (mount --bind FOLDER FOLDER) before it is entered'
		: `run as root (sudo), for ${name}`;
	return {name, reason: `namespaces cannot be made: ${why}`, hint};
}
