import {setTimeout} from 'node:timers/promises';
import {BuildError} from '../errors.js';

/**
Waits before something is tried again.

@param what it is waited for: `a git host`.
@param cause what the interruption is told with; its reason, unless given.
@throws BuildError STX0003 when interrupted.
*/
export async function pause(milliseconds: number, what: string, {signal, cause = signal?.reason}: {readonly signal: AbortSignal | undefined; readonly cause?: unknown}): Promise<void> {
	await setTimeout(milliseconds, undefined, {...(signal && {signal})}).catch(() => {
		throw new BuildError('STX0003', `interrupted while waiting for ${what}`, {cause});
	});
}
