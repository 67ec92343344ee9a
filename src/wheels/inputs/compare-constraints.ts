/** Where the wheel list and the constraints contradict each other. The list decides; people should know. Pure. */
import {BuildError} from '../../errors.js';
import {
	constraintFor, satisfies, type ConstraintEntry, type ConstraintFile, type NormalizedName, type Target,
} from '../../python/index.js';
import {maskSecrets} from '../../mask-secrets.js';
import type {Finding} from './parse-wheel-line.js';
import type {ListedVersion} from './parse-wheel-list.js';

/**
@param leaveOut distributions that the published constraints do not have.
@returns a warning, STX0422 with both places, for each listed version that the constraint of the target does not allow.
*/
export function compareWithConstraints(entries: readonly ListedVersion[], constraints: ConstraintFile, target: Target, leaveOut: ReadonlySet<NormalizedName>): readonly Finding[] {
	return entries.flatMap((entry): readonly Finding[] => {
		const {name, version, at, wheel} = entry;
		const held = leaveOut.has(name) ? undefined : heldFor(constraints, name, target);
		if (!held || (held.url === undefined && satisfies(version, held.specifier, {prereleases: true}))) {
			return [];
		}

		const words = `\`${held.name}${held.url === undefined ? held.specifier : ` @ ${maskSecrets(held.url)}`}\``;
		return [{
			severity: 'warning',
			problem: new BuildError('STX0422', `\`${name}\` is listed in version ${version}, and the constraints hold ${words}`, {
				at: [at, {file: constraints.file, line: held.line}], hint: 'the list decides: take the line out if the constraint is meant',
			}),
			wheel,
			at,
		}];
	});
}

/** Constraints that contradict themselves are told when they are used, and not here. */
function heldFor(constraints: ConstraintFile, name: NormalizedName, target: Target): ConstraintEntry | undefined {
	try {
		return constraintFor(constraints, name, target);
	} catch (error) {
		if (error instanceof BuildError) {
			return undefined;
		}

		throw error;
	}
}
