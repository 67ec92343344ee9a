/** Failures after which the same request may succeed, by what the client of HTTP asks again for. */
import {BuildError} from '../errors.js';
import {isWorthRetrying} from '../system/index.js';

const passing = new WeakSet<BuildError>();

/**
Notes whether a failure may pass.

@param failure what is thrown of it, in which neither can be read any more.
@param reason what the connection broke off with, or what was answered.
@returns the failure.
*/
export function notePassing<T>(failure: T, {code, status}: {readonly code?: string | undefined; readonly status?: number | undefined}): T {
	if (failure instanceof BuildError && failure.code !== 'STX0003' && isWorthRetrying(code, status)) {
		passing.add(failure);
	}

	return failure;
}

export const isPassing = (error: unknown): boolean => error instanceof BuildError && passing.has(error);

/** What an error of the client of HTTP says of its reason. */
export function reasonOf(error: unknown): {readonly code: string | undefined; readonly status: number | undefined} {
	const {code, response} = error as {readonly code?: string; readonly response?: {readonly statusCode: number}};
	return {code, status: response?.statusCode};
}
