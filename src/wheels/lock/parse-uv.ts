/** What uv writes: pylock.toml, requirements with annotations, and its explanation of a failure. */
import {parse as parseToml} from 'smol-toml';
import {z} from 'zod';
import {normalizeName, type NormalizedName, type Target} from '../../python/index.js';
import type {LockedFile} from './lock.js';

/** The glibc versions uv has a platform for (uv 0.13); wheels for an older glibc run on a newer one. */
const uvGlibcMinors = [17, 28, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40];

/** uv's name for a target: the nearest platform it knows that is not above the target's glibc. */
export function uvPlatform(target: Pick<Target, 'arch' | 'glibc'>): string {
	const minor = Number(target.glibc.split('.')[1]);
	return `${target.arch}-manylinux_2_${uvGlibcMinors.findLast(known => known <= minor) ?? uvGlibcMinors[0]!}`;
}

/** One distribution of a resolution, with the wheels of it that the target can install, as the index lists them. */
export type UvPackage = {
	readonly name: NormalizedName;
	readonly version: string;
	readonly wheels: readonly LockedFile[];
};

const wheelShape = z.object({
	url: z.string().optional(),
	name: z.string().optional(),
	size: z.number().optional(),
	hashes: z.record(z.string(), z.string()).optional(),
});
const pylockShape = z.object({packages: z.array(z.object({name: z.string(), version: z.string().optional(), wheels: z.array(wheelShape).optional()})).optional()});

/** Reads the pylock.toml of `uv pip compile`; files without an address in an index (stand-ins) are left out. */
export function parsePylock(text: string): readonly UvPackage[] {
	return (pylockShape.parse(parseToml(text)).packages ?? []).map(item => ({
		name: normalizeName(item.name),
		version: item.version ?? '',
		wheels: (item.wheels ?? []).flatMap(({url, name, size, hashes}): LockedFile[] => {
			const sha256 = hashes?.sha256;
			return url === undefined || sha256 === undefined || url.startsWith('file:')
				? []
				: [{
					filename: name ?? decodeURIComponent(new URL(url).pathname.split('/').at(-1)!),
					url,
					sha256,
					...(size !== undefined && {size}),
				}];
		}),
	}));
}

/**
Reads the lines of `uv pip compile --annotation-style line --no-header`:

	mako==1.3.10    # via alembic, -c upper-constraints.txt

@returns for each distribution, what it needs.
*/
export function parseAnnotations(text: string): ReadonlyMap<NormalizedName, readonly NormalizedName[]> {
	const needs = new Map<NormalizedName, NormalizedName[]>();
	const needsOf = (name: NormalizedName): NormalizedName[] => {
		const known = needs.get(name) ?? [];
		needs.set(name, known);
		return known;
	};

	for (const line of text.split('\n')) {
		const match = /^(?<name>[\w.\-]+)(?:==| @ )\S+.*?#\s+via (?<via>.+)$/v.exec(line)?.groups;
		if (!match) {
			continue;
		}

		const name = normalizeName(match.name!);
		needsOf(name);
		for (const via of match.via!.split(', ')) {
			if (!via.startsWith('-')) {
				const parent = normalizeName(via.trim().replace(/\[.*$/v, '').split(/\s/v)[0]!);
				if (parent !== name) {
					needsOf(parent).push(name);
				}
			}
		}
	}

	return new Map([...needs].map(([name, list]) => [name, [...new Set(list)].toSorted()]));
}

/** uv's reasoning, and the distributions it names. */
type Explanation = {readonly explanation: string; readonly names: readonly NormalizedName[]};

/** Distributions without a usable wheel, with the version ranges that are asked for. */
type WheelsRequired = Explanation & {
	readonly kind: 'wheels-required';
	readonly packages: ReadonlyArray<{readonly name: NormalizedName; readonly ranges: readonly string[]}>;
};
type Unsatisfiable = Explanation & {readonly kind: 'unsatisfiable'};
type NoInterpreter = {readonly kind: 'no-interpreter'};
type Offline = {readonly kind: 'offline'};

/** A name whose address, given by the resolver, leads nowhere. */
type Absent = {readonly kind: 'absent'; readonly name: NormalizedName};
type Unreachable = {readonly kind: 'unreachable'; readonly url?: string; readonly reason: string};
type Other = {readonly kind: 'other'; readonly text: string};

export type UvFailure = WheelsRequired | Unsatisfiable | NoInterpreter | Offline | Absent | Unreachable | Other;

/** @param stderr what `uv pip compile` wrote, without colours. */
export function parseUvFailure(stderr: string): UvFailure {
	if (stderr.includes('No interpreter found')) {
		return {kind: 'no-interpreter'};
	}

	const absent = /Distribution not found at: file:\S*\/absent\/(?<name>[^\/\s]+)-0-py3-none-any\.whl/v.exec(stderr)?.groups?.name;
	if (absent !== undefined) {
		return {kind: 'absent', name: normalizeName(absent)};
	}

	if (/network was disabled|network is disabled/v.test(stderr)) {
		return {kind: 'offline'};
	}

	const reasoning = /No solution found[^\n]*\n(?<text>[\s\S]*?)(?:\n\s*\n|$)/v.exec(stderr)?.groups?.text;
	if (reasoning !== undefined) {
		const explanation = reasoning.split('\n').map(line => line.replace(/^[\s│]*(?:cause:|╰─▶|×)?\s*/v, '').trim()).filter(line => line !== '').join('\n');
		const names = namesIn(explanation);
		const required = [...new Set([...stderr.matchAll(/Wheels are required for `(?<name>[\w.\-]+)`/gv)].map(match => normalizeName(match.groups!.name!)))];
		return required.length === 0
			? {kind: 'unsatisfiable', explanation, names}
			: {
				kind: 'wheels-required', explanation, names, packages: required.map(name => ({name, ranges: rangesOf(name, explanation)})),
			};
	}

	const url = /Failed to fetch:?\s*`?(?<url>[^\s`]+)/v.exec(stderr)?.groups?.url;
	if (url !== undefined || /error sending request|Request failed/v.test(stderr)) {
		// Uv's hints name its own options.
		const reason = stderr.trimEnd().replace(/\n\s*hint:[\s\S]*$/v, '').trimEnd().split('\n').at(-1)!.replace(/^\s*(?:cause|Caused by):\s*/v, '').trim();
		return {kind: 'unreachable', ...(url !== undefined && {url}), reason};
	}

	return {kind: 'other', text: stderr.trim()};
}

/** The distributions that an explanation names: before a version, or where something requires them. */
function namesIn(explanation: string): readonly NormalizedName[] {
	const before = /(?<![\w.\-<>=!~])(?<name>[a-z\d](?:[a-z\d.\-]*[a-z\d])?)(?=[<>=!~\[]| @ | was not found| has no)/gv;
	const behind = /(?:require|depends on) (?<name>[a-z\d](?:[a-z\d.\-]*[a-z\d])?)/gv;
	return [...new Set([...explanation.matchAll(before), ...explanation.matchAll(behind)].map(match => match.groups!.name! as NormalizedName))];
}

/** The version ranges in which something asks for a distribution, `<2.0,>=1.4`; or else all that are named with it. */
function rangesOf(name: string, explanation: string): readonly string[] {
	const range = /(?:[<>=!~]=?[^\s,]+)(?:,[<>=!~]=?[^\s,]+)*/v.source;
	const find = (before: string): readonly string[] => [...explanation.matchAll(new RegExp(`${before}${name}(?<range>${range})`, 'gv'))].map(match => match.groups!.range!);
	const asked = find('(?:require|depends on) ');
	return asked.length > 0 ? asked : find(String.raw`(?<![\w.\-])`);
}

/** The distributions that uv says are asked for by name: "you require NAME==VERSION and NAME". */
export function requiredIn(explanation: string): readonly NormalizedName[] {
	const sentences = [...explanation.matchAll(/you require (?<what>[^\n]*?)(?:, we can conclude|\.?$)/gmv)].map(match => match.groups!.what!);
	const named = sentences.flatMap(what => [...what.matchAll(/(?:^| and |, )(?<name>[a-z\d](?:[a-z\d.\-]*[a-z\d])?)/gv)].map(match => normalizeName(match.groups!.name!)));
	return [...new Set(named)];
}
