/** Wheels of the wheel list whose own requirements the rest contradicts. Pure. */
import {
	constraintFor, evaluateMarker, parseRequirement, satisfies, type NormalizedName,
} from '../../python/index.js';
import type {WheelInputs} from '../inputs/inputs.js';
import type {LockedPackage} from './lock.js';
import type {Listed} from './read-listed.js';

/**
Finds listed wheels that require of another distribution what it cannot be: its version is that of the list, of a local
module, or of the constraints. And those that require such a wheel, and so on.

StarlingX's lists have some. Their tarball holds them all the same, and only an image that needs one notices.

@returns what is in the way, by name, in words: `asks for kubernetes<9, and kubernetes is 35.0.0`.
*/
export function findUnclosed(listed: ReadonlyMap<NormalizedName, Listed>, {modules, constraints, target}: Pick<WheelInputs, 'modules' | 'constraints' | 'target'>): ReadonlyMap<NormalizedName, string> {
	const given = new Map([...[...listed.values()].map(({standIn}) => standIn), ...modules].map(({name, version}) => [name, version]));
	const fixed = (name: NormalizedName): string | undefined => {
		const held = given.has(name) ? undefined : constraintFor(constraints, name, target);
		return given.get(name) ?? (held?.operator === '===' || held?.operator === '==' ? held.version : undefined);
	};

	const needs = new Map([...listed].map(([name, {standIn}]) => [name, standIn.requires
		.map(text => parseRequirement(text))
		.filter(({marker}) => !marker || evaluateMarker(marker, target.environment))]));
	const unclosed = new Map<NormalizedName, string>();
	for (const [name, requirements] of needs) {
		const contradicted = requirements.find(({normalized, specifier}) => {
			const version = specifier === '' ? undefined : fixed(normalized);
			return version !== undefined && !satisfies(version, specifier, {prereleases: true});
		});
		if (contradicted) {
			unclosed.set(name, `asks for \`${contradicted.name}${contradicted.specifier}\`, and \`${contradicted.name}\` is ${fixed(contradicted.normalized)!}`);
		}
	}

	// Each round goes one step up; there are no more steps than wheels.
	for (let before = -1; before !== unclosed.size;) {
		before = unclosed.size;
		for (const [name, requirements] of needs) {
			const between = unclosed.has(name) ? undefined : requirements.find(({normalized}) => unclosed.has(normalized));
			if (between) {
				unclosed.set(name, `asks for \`${between.name}\`, which ${unclosed.get(between.normalized)!}`);
			}
		}
	}

	return unclosed;
}

export type TrimRequest = {
	/** What was resolved for all roots. */
	readonly packages: readonly LockedPackage[];
	/** What is asked for besides the list, by images and modules, PEP 508. */
	readonly asked: readonly string[];
	/** The list's own. */
	readonly listed: ReadonlySet<NormalizedName>;
	/** Distributions of which there is no wheel to be taken, and that nobody lists. */
	readonly unlistedBuilds: ReadonlySet<NormalizedName>;
};

/**
Takes out what would have to be built for the wheel list alone, and is not listed: who lists a wheel has not asked for
that, and its build may need what the builder has not. The wheels that need it stay, without what they need.

@returns what stays, and the listed wheels that need something that does not, with the reason in words.
*/
export function trimToList({packages, asked, listed, unlistedBuilds}: TrimRequest): {readonly packages: readonly LockedPackage[]; readonly unclosed: ReadonlyMap<NormalizedName, string>} {
	const byName = new Map(packages.map(item => [item.name, item]));
	const follow = (names: readonly NormalizedName[]): ReadonlySet<NormalizedName> => {
		const found = new Set(names.filter(name => byName.has(name)));
		// It grows while it is worked off.
		for (const name of found) {
			for (const dependency of byName.get(name)?.dependencies ?? []) {
				found.add(dependency);
			}
		}

		return found;
	};

	const needed = follow(asked.map(text => parseRequirement(text).normalized));
	const unclosed = new Map<NormalizedName, string>();
	for (const name of listed) {
		const built = needed.has(name) ? undefined : [...follow([name])].find(other => unlistedBuilds.has(other) && !needed.has(other));
		if (built !== undefined) {
			unclosed.set(name, `needs \`${built}\`, of which there is no wheel and which is not listed`);
		}
	}

	const stays = new Set([...needed, ...follow([...listed].filter(name => !unclosed.has(name)))]);
	return {
		packages: packages.flatMap(item => stays.has(item.name) ? [item] : (unclosed.has(item.name) ? [{...item, dependencies: []}] : [])),
		unclosed,
	};
}
