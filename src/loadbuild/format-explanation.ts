/** An explanation for people, and as data. */
import {formatPlace} from '../errors.js';
import {formatPart, type PartChange, type StepReason} from '../plan/index.js';
import type {Explanation} from './explain.js';

type Wheel = NonNullable<Explanation['wheel']>;

/** Kinds of sources, as people say it. */
const origins: Readonly<Record<string, string>> = {
	wheel: 'a wheel of the index', sdist: 'an sdist', module: 'a local module', git: 'a git repository', local: 'a wheel of this machine',
};

/** What `why` says. */
export function formatExplanation({wheel, image}: Omit<Explanation, 'notes'>): string {
	return [
		...(image ? [[image.label, ...image.made.flatMap(reason => formatReason(reason, ''))].join('\n')] : []),
		...(wheel ? [formatWheel(wheel)] : []),
	].join('\n\n');
}

/** What `why --json` says: keys and parts of steps without what is only of use to the executor. */
export function explanationJson({wheel, image, notes}: Explanation): unknown {
	return {
		notes,
		image: image ? {label: image.label, made: image.made.map(reason => reasonJson(reason))} : null,
		wheel: wheel ? {...wheel, made: wheel.made ? reasonJson(wheel.made) : null} : null,
	};
}

const reasonJson = ({step: {id, key}, state, changes, causes}: StepReason): unknown => ({
	step: id, key: key ?? null, state, changes, causes: causes.map(cause => reasonJson(cause)),
});

function formatWheel({name, versions, chains, statements, made}: Wheel): string {
	const rows = [
		...versions.flatMap(({version, source: {kind, location, digest, commit}, inTarball, builds}) => [
			`${name} ${version}${inTarball ? '' : ', for builds alone'}`,
			`  from ${origins[kind] ?? kind}: ${location}`,
			...(digest === undefined ? [] : [`  ${digest}`]),
			...(commit === undefined ? [] : [`  commit ${commit}`]),
			...(builds.length === 0 ? [] : [`  installed for the build of ${builds.map(build => `${build.name} ${build.version}`).join(', ')}`]),
		]),
		...(statements.length === 0 ? [] : ['stated by', ...statements.map(({from, text, at}) => `  ${from}: ${text}  (${formatPlace(at)})`)]),
		...(chains.length === 0 ? [] : ['needed by', ...groupChains(chains).map(([chain, labels]) => `  ${labels.join(', ')}: ${chain}`)]),
		...(made ? formatReason(made, '') : []),
	];
	return rows.join('\n');
}

/** Chains that differ only in who they begin with are told once. */
function groupChains(chains: Wheel['chains']): ReadonlyArray<readonly [string, readonly string[]]> {
	const labelsOf = new Map<string, string[]>();
	for (const {label, chain} of chains) {
		const text = chain.join(' -> ');
		labelsOf.set(text, [...labelsOf.get(text) ?? [], label]);
	}

	return [...labelsOf];
}

/** Lines that say why a step was done, or is to be done; those of its causes stand further in. */
function formatReason({step, state, changes, causes}: StepReason, indent: string): readonly string[] {
	const head = headline(state, changes);
	return [
		`${indent}${step.title}: ${head}`,
		...(changes ?? []).map(change => `${indent}  ${formatChange(change)}`),
		...causes.flatMap(cause => formatReason(cause, `${indent}  `)),
	];
}

function headline(state: StepReason['state'], changes: StepReason['changes']): string {
	if (state === 'new') {
		return 'not done in this workspace yet';
	}

	if (state === 'due') {
		return 'to be done again, since this changed';
	}

	if (changes === null) {
		return state === 'unknown' ? 'done once' : 'done once, and nothing has changed since';
	}

	return changes.length === 0 ? 'done again by the last run, since its result was gone' : 'done again by the last run, since this had changed';
}

function formatChange({part, before, now}: PartChange): string {
	const [old, current] = [before, now].map(text => text === undefined ? undefined : shorten(formatPart(text)));
	return old === undefined ? `${part}: ${current!} is new` : `${part}: ${current === undefined ? `${old} is gone` : `${old} -> ${current}`}`;
}

/** Digests by their first digits, and no brackets and quotes around the members of a list. */
const shorten = (text: string): string => text.replaceAll(/sha256:(?<digits>[\da-f]{12})[\da-f]{52}/gv, 'sha256:$<digits>').replaceAll(/[\[\]"]/gv, '').replaceAll(',', ' ');
