/** The error that something is expected to end with. */
import {AssertionError} from 'node:assert';
import {BuildError} from '../../src/errors.js';

/**
Runs what must fail with a `BuildError`.

@returns the error.
@throws AssertionError when it does not fail; any other error passes.
*/
export async function failureOf(run: () => unknown): Promise<BuildError> {
	try {
		await run();
	} catch (error) {
		if (error instanceof BuildError) {
			return error;
		}

		throw error;
	}

	throw new AssertionError({message: 'nothing was thrown, and a BuildError was expected'});
}

/** What `failureOf` says of something that fails at once. */
export function thrownBy(run: () => unknown): BuildError {
	try {
		run();
	} catch (error) {
		if (error instanceof BuildError) {
			return error;
		}

		throw error;
	}

	throw new AssertionError({message: 'nothing was thrown, and a BuildError was expected'});
}

/** The errors that one error stands for: itself, when it is one. */
export const problemsOf = (error: BuildError): readonly BuildError[] => error.problems.length > 0 ? error.problems : [error];
