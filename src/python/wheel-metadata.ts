import {BuildError, type SourceLocation} from '../errors.js';

/** Whether a member of a wheel is its METADATA: `NAME-VERSION.dist-info/METADATA`, at the top. */
export const isWheelMetadata = (member: string): boolean => /^[^\/]+\.dist-info\/METADATA$/v.test(member);

/**
The one METADATA of a wheel: of several nobody can tell which one is meant, and pip refuses them too.

@param found what there is of the members for which `isWheelMetadata` holds.
@param filename of the wheel.
@throws BuildError STX0416 when there are several, or none.
*/
export function onlyMetadata<T>(found: readonly T[], filename: string, at: SourceLocation): T {
	if (found.length !== 1) {
		throw new BuildError('STX0416', `\`${filename}\` has ${found.length} METADATA files instead of one`, {at});
	}

	return found[0]!;
}
