/** Resolves roots together, where the wheel list may ask for what cannot be had with the rest. */
import {BuildError} from '../../errors.js';
import {parseRequirement, type NormalizedName} from '../../python/index.js';
import {wheelListLabel, type WheelRoots} from '../inputs/inputs.js';
import {requiredIn} from './parse-uv.js';
import type {Resolved} from './resolver.js';

/**
Listed wheels that stand in the way are taken out: what they need is not resolved.

@param kept roots of an earlier lock, which are given up where they do not go together with the others.
@param list the listed wheels: those that require something, as others are in nobody's way; and those that need not be
resolved, with the reason in words, which gets those that are in the way.
@returns what was resolved, and the roots it was resolved for, with all of the wheel list.
@throws BuildError STX0411 for roots that cannot be met without what was taken out either.
*/
export async function resolveTogether(
	roots: readonly WheelRoots[],
	kept: readonly WheelRoots[],
	{needing, unclosed}: {readonly needing: ReadonlySet<NormalizedName>; readonly unclosed: Map<NormalizedName, string>},
	resolve: (wanted: readonly WheelRoots[]) => Promise<readonly Resolved[]>,
): Promise<{readonly resolved: readonly Resolved[]; readonly roots: readonly WheelRoots[]}> {
	let asked = [...roots, ...kept];
	let first: unknown;
	for (;;) {
		try {
			const names = new Set(unclosed.keys());
			return {resolved: await resolve(asked.map(root => (root.label === wheelListLabel ? withoutNames(root, names) : root))), roots: asked};
		} catch (error) {
			if (!(error instanceof BuildError) || error.code !== 'STX0411') {
				throw error;
			}

			first ??= error;
			const inTheWay = requiredIn(error.message).filter(name => needing.has(name) && !unclosed.has(name));
			if (inTheWay.length > 0) {
				for (const name of inTheWay) {
					unclosed.set(name, 'asks for what cannot be had together with the rest');
				}
			} else if (asked.length > roots.length) {
				// What was locked for other images may no longer go together with what is wanted now.
				asked = [...roots];
			} else {
				throw first;
			}
		}
	}
}

/** Roots without the distributions of some names. */
export const withoutNames = (root: WheelRoots, names: ReadonlySet<NormalizedName>): WheelRoots =>
	({...root, requirements: root.requirements.filter(text => !names.has(parseRequirement(text).normalized))});
