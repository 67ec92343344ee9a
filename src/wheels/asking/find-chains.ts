/** Who needs a locked distribution. Pure. */
import {parseRequirement, type NormalizedName} from '../../python/index.js';
import type {Lock} from '../lock/lock.js';

/** From somebody's own requirement to a distribution: `keystone==30.0.0`, `oslo-policy`, `oslo-config`. */
export type Chain = {
	/** Label of an image, `wheel-list` or `modules`. */
	readonly label: string;
	readonly chain: readonly string[];
};

/** @returns for each label that needs the distribution, the shortest chain to it; in the order of the labels. */
export function findChains(lock: Lock, name: NormalizedName): readonly Chain[] {
	const dependencies = new Map(lock.packages.map(item => [item.name, item.dependencies]));
	return Object.entries(lock.roots).toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([label, requirements]) => {
		const seen = new Set<NormalizedName>();
		const waiting = requirements.map(text => ({last: parseRequirement(text).normalized, chain: [text] as readonly string[]}));
		// A queue that grows while it is worked off: the first chain to arrive is a shortest one.
		for (const {last, chain} of waiting) {
			if (last === name) {
				return [{label, chain}];
			}

			if (!seen.has(last)) {
				seen.add(last);
				waiting.push(...(dependencies.get(last) ?? []).map(next => ({last: next, chain: [...chain, next]})));
			}
		}

		return [];
	});
}
