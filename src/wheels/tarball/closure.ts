/** Whether a set of wheels holds all that its roots need, by what the wheels themselves say. Pure. */
import path from 'node:path';
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

/** The members by name. */
export type Members = ReadonlyMap<NormalizedName, Member>;

/** Something that is asked for, and is missing or of a version that will not do. */
export type Gap = {
	readonly requirement: Requirement;
	/** The wheel that is there in another version. */
	readonly member?: Member;
	/** From a root to what is asked for: `keystone`, `oslo.policy`, `X`. */
	readonly chain: readonly string[];
};

export type Followed = {
	/** The distributions that are needed and there, each with the shortest chain from a root to it. */
	readonly chains: ReadonlyMap<NormalizedName, readonly string[]>;
	/** One for each distribution or range that cannot be met. */
	readonly gaps: readonly Gap[];
};

type Asked = {readonly requirement: Requirement; readonly chain: readonly string[]; readonly extras: readonly string[]};

/** Gives a function that follows requirements through the wheels of a set. */
export function createFollower(members: Members, target: Target): (requirements: readonly string[]) => Followed {
	// Requirements repeat, within one set of roots and between them.
	const parsed = new Map<string, Requirement>();
	const parse = (text: string): Requirement => {
		const requirement = parsed.get(text) ?? parseRequirement(text);
		parsed.set(text, requirement);
		return requirement;
	};

	return requirements => follow(requirements.map(text => parse(text)), {members, target, parse});
}

type Following = {readonly members: Members; readonly target: Target; readonly parse: (text: string) => Requirement};

function follow(roots: readonly Requirement[], {members, target, parse}: Following): Followed {
	const extrasOf = new Map<NormalizedName, Set<string>>();
	const chains = new Map<NormalizedName, readonly string[]>();
	const gaps = new Map<string, Gap>();
	const waiting: Asked[] = roots.map(requirement => ({requirement, chain: [], extras: []}));
	// The shortest chain first: `waiting` is a queue, and grows while it is worked off.
	for (const {requirement, chain: above, extras} of waiting) {
		if (requirement.marker && !evaluateMarker(requirement.marker, target.environment, extras)) {
			continue;
		}

		const {normalized, specifier} = requirement;
		const member = members.get(normalized);
		const chain = [...above, requirement.name];
		if (!member || (specifier !== '' && !satisfies(member.version, specifier, {prereleases: true}))) {
			const id = `${normalized}${member ? specifier : ''}`;
			gaps.set(id, gaps.get(id) ?? {requirement, chain, ...(member && {member})});
			continue;
		}

		const known = extrasOf.get(normalized);
		const fresh = ['', ...requirement.extras.map(extra => normalizeName(extra))].filter(extra => !known?.has(extra));
		if (fresh.length > 0) {
			extrasOf.set(normalized, new Set([...known ?? [], ...fresh]));
			chains.set(normalized, chains.get(normalized) ?? chain);
			waiting.push(...member.requiresDist.map(text => ({requirement: parse(text), chain, extras: fresh})));
		}
	}

	return {chains, gaps: [...gaps.values()]};
}

/** What is asked for, what is there, and who asks: `no wheel of \`X\` (keystone -> oslo.policy -> X)`. */
export function formatGap({requirement: {name, specifier}, member, chain}: Gap): string {
	const what = member ? `\`${name}${specifier}\` is asked for, and the wheels have \`${member.name}\` ${member.version}` : `no wheel of \`${name}\``;
	return `${what} (${chain.join(' -> ')})`;
}

/**
@param roots requirements by label.
@param given the file of a tarball that is taken as it is, where the members are from one.
@returns for each label, the names of the wheels it needs, sorted.
@throws BuildError STX0418 for each distribution that is missing or of a version that will not do, with one chain from
a root to who asks for it.
*/
export function closeOver(
	roots: ReadonlyArray<{readonly label: string; readonly requirements: readonly string[]; readonly at?: SourceLocation}>,
	members: Members,
	target: Target,
	given?: string,
): ReadonlyMap<string, readonly NormalizedName[]> {
	const follower = createFollower(members, target);
	const problems = new Map<string, BuildError>();
	const hint = given === undefined ? 'make the wheels again with `stx-build wheels`' : `it is not in the tarball \`${path.basename(given)}\`, which is taken as it is: put the wheel in, or take a tarball that has it`;
	const closures = roots.map(({label, requirements, at}) => {
		const {chains, gaps} = follower(requirements);
		for (const gap of gaps) {
			const id = `${gap.requirement.normalized}${gap.member ? gap.requirement.specifier : ''}`;
			problems.set(id, problems.get(id) ?? new BuildError('STX0418', `the wheels for \`${label}\` are not complete: ${formatGap(gap)}`, {at: [...(at ? [at] : []), ...(given === undefined ? [] : [{file: given}])], hint}));
		}

		return [label, [...chains.keys()].toSorted()] as const;
	});
	throwProblems([...problems.values()]);
	return new Map(closures);
}
