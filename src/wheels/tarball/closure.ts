/** Whether a set of wheels holds all that its roots need, by what the wheels themselves say. Pure. */
import {BuildError, throwProblems, type SourceLocation} from '../../errors.js';
import {
	evaluateMarker, normalizeName, parseRequirement, satisfies, type NormalizedName, type Requirement, type Target,
} from '../../python/index.js';

/** A wheel as its METADATA describes it. */
export type Member = {
	readonly name: string;
	readonly version: string;
	readonly requiresDist: readonly string[];
};

type Asked = {readonly requirement: Requirement; readonly chain: readonly string[]; readonly extras: readonly string[]};

/**
Follows requirements through the wheels of a set.

@param roots requirements by label.
@param members the wheels by name.
@returns for each label, the names of the wheels it needs, sorted.
@throws BuildError STX0418 for each distribution that is missing or of a version that will not do, with one chain from
a root to who asks for it: `keystone -> oslo.policy -> X`.
*/
export function closeOver(
	roots: ReadonlyArray<{readonly label: string; readonly requirements: readonly string[]; readonly at?: SourceLocation}>,
	members: ReadonlyMap<NormalizedName, Member>,
	target: Target,
): ReadonlyMap<string, readonly NormalizedName[]> {
	const parsed = new Map<string, Requirement>();
	const parse = (text: string): Requirement => {
		const requirement = parsed.get(text) ?? parseRequirement(text);
		parsed.set(text, requirement);
		return requirement;
	};

	const problems = new Map<string, BuildError>();
	const closures = roots.map(root => [root.label, closeRoot(root)] as const);
	throwProblems([...problems.values()]);
	return new Map(closures);

	function closeRoot({label, requirements, at}: typeof roots[number]): readonly NormalizedName[] {
		const seen = new Map<NormalizedName, Set<string>>();
		const waiting: Asked[] = requirements.map(text => ({requirement: parse(text), chain: [], extras: []}));
		// The shortest chain first: `waiting` is a queue, and grows while it is worked off.
		for (const {requirement, chain, extras} of waiting) {
			if (requirement.marker && !evaluateMarker(requirement.marker, target.environment, extras)) {
				continue;
			}

			const member = members.get(requirement.normalized);
			const path = [...chain, requirement.name].join(' -> ');
			if (!member || (requirement.specifier !== '' && !satisfies(member.version, requirement.specifier, {prereleases: true}))) {
				const what = member ? `\`${requirement.name}${requirement.specifier}\` is asked for, and the wheels have \`${member.name}\` ${member.version}` : `no wheel of \`${requirement.name}\``;
				const id = `${requirement.normalized}${member ? requirement.specifier : ''}`;
				if (!problems.has(id)) {
					problems.set(id, new BuildError('STX0418', `the wheels for \`${label}\` are not complete: ${what} (${path})`, {...(at && {at}), hint: 'make the wheels again with `stx-build wheels`'}));
				}

				continue;
			}

			const known = seen.get(requirement.normalized);
			const fresh = ['', ...requirement.extras.map(extra => normalizeName(extra))].filter(extra => !known?.has(extra));
			if (fresh.length === 0) {
				continue;
			}

			seen.set(requirement.normalized, new Set([...known ?? [], ...fresh]));
			waiting.push(...member.requiresDist.map(text => ({requirement: parse(text), chain: [...chain, requirement.name], extras: fresh})));
		}

		return [...seen.keys()].toSorted();
	}
}
