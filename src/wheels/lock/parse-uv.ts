/** What uv writes: requirements with annotations, and its explanation of a failure. */
import {BuildError} from '../../errors.js';
import {
	canonicalVersion, normalizeName, type NormalizedName, type Target,
} from '../../python/index.js';

/** uv's name for a target, by which it knows what markers say. What suits the target's glibc is not its business. */
export const uvPlatform = ({arch}: Pick<Target, 'arch'>): string => `${arch}-unknown-linux-gnu`;

/** One distribution of a resolution. */
export type UvPackage = {
	readonly name: NormalizedName;
	/** In its normal spelling; undefined for one that uv was given as a file. */
	readonly version: string | undefined;
	/** What it needs, sorted. */
	readonly dependencies: readonly NormalizedName[];
};

/**
Reads the lines of `uv pip compile --annotation-style line --no-header`:

	mako==1.3.10    # via alembic, -c upper-constraints.txt

@throws BuildError STX0413 for a line of another kind.
*/
export function parseResolution(text: string): readonly UvPackage[] {
	const lines = text.split('\n').filter(line => line.trim() !== '' && !line.startsWith('#')).map(line => {
		const groups = /^(?<name>[\w.\-]+)(?:==(?<version>[^\s;]+)| @ \S+).*?#\s+via (?<via>.+)$/v.exec(line)?.groups;
		if (!groups) {
			throw new BuildError('STX0413', `uv has written a line that stx-build cannot read: ${line}`);
		}

		return {name: normalizeName(groups.name!), version: groups.version, via: groups.via!};
	});
	const needs = new Map<NormalizedName, Set<NormalizedName>>(lines.map(({name}) => [name, new Set()]));
	for (const {name, via} of lines) {
		for (const asker of via.split(', ').filter(item => !item.startsWith('-'))) {
			const parent = normalizeName(asker.trim().replace(/\[.*$/v, '').split(/\s/v)[0]!);
			if (parent !== name) {
				needs.get(parent)?.add(name);
			}
		}
	}

	return lines.map(({name, version}) => ({
		name, version: version === undefined ? undefined : canonicalVersion(version), dependencies: [...needs.get(name)!].toSorted(),
	}));
}

/** With uv's reasoning, and the distributions it names. */
type Unsatisfiable = {readonly kind: 'unsatisfiable'; readonly explanation: string; readonly names: readonly NormalizedName[]};
type NoInterpreter = {readonly kind: 'no-interpreter'};

/** A name whose address, given by the resolver, leads nowhere. */
type Absent = {readonly kind: 'absent'; readonly name: NormalizedName};
type Other = {readonly kind: 'other'; readonly text: string};

export type UvFailure = Unsatisfiable | NoInterpreter | Absent | Other;

/** @param stderr what `uv pip compile` wrote, without colours. */
export function parseUvFailure(stderr: string): UvFailure {
	if (stderr.includes('No interpreter found')) {
		return {kind: 'no-interpreter'};
	}

	const absent = /Distribution not found at: file:\S*\/absent\/(?<name>[^\/\s]+)-0-py3-none-any\.whl/v.exec(stderr)?.groups?.name;
	if (absent !== undefined) {
		return {kind: 'absent', name: normalizeName(absent)};
	}

	const reasoning = /No solution found[^\n]*\n(?<text>[\s\S]*?)(?:\n\s*\n|$)/v.exec(stderr)?.groups?.text;
	if (reasoning !== undefined) {
		const explanation = reasoning.split('\n').map(line => line.replace(/^[\s│]*(?:cause:|╰─▶|×)?\s*/v, '').trim()).filter(line => line !== '').join('\n');
		return {kind: 'unsatisfiable', explanation, names: namesIn(explanation)};
	}

	return {kind: 'other', text: stderr.trim()};
}

/** The distributions that an explanation names: before a version, or where something requires them. */
function namesIn(explanation: string): readonly NormalizedName[] {
	const before = /(?<![\w.\-<>=!~])(?<name>[a-z\d](?:[a-z\d.\-]*[a-z\d])?)(?=[<>=!~\[]| @ | was not found| has no)/gv;
	const behind = /(?:require|depends on) (?<name>[a-z\d](?:[a-z\d.\-]*[a-z\d])?)/gv;
	return [...new Set([...explanation.matchAll(before), ...explanation.matchAll(behind)].map(match => match.groups!.name! as NormalizedName))];
}

/** The distributions that uv says are asked for by name: "you require NAME==VERSION and NAME". */
export function requiredIn(explanation: string): readonly NormalizedName[] {
	const sentences = [...explanation.matchAll(/you require (?<what>[^\n]*?)(?:, we can conclude|\.?$)/gmv)].map(match => match.groups!.what!);
	const named = sentences.flatMap(what => [...what.matchAll(/(?:^| and |, )(?<name>[a-z\d](?:[a-z\d.\-]*[a-z\d])?)/gv)].map(match => normalizeName(match.groups!.name!)));
	return [...new Set(named)];
}
