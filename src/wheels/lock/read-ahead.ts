/**
Reads what a resolution will need before it is asked for. It decides nothing: with constraints, nearly every version is
known beforehand, and where it guesses wrong some file has been read for nothing.
*/
import pLimit from 'p-limit';
import {
	compareVersions, constraintFor, evaluateMarker, filterVersions, parseRequirement, satisfies, type ConstraintFile, type NormalizedName, type Requirement, type Target,
} from '../../python/index.js';
import type {ShownProject, ShownVersion} from './shown-project.js';
import type {StandIn} from './stand-in.js';

export type ReadAheadOptions = {
	readonly project: (name: NormalizedName) => Promise<ShownProject>;
	readonly metadata: (name: NormalizedName, version: ShownVersion) => Promise<StandIn>;
	readonly target: Target;
	readonly constraints: ConstraintFile;
	/** What something requires that comes from elsewhere than the index; undefined for all else. */
	readonly requiredElsewhere: (name: NormalizedName) => readonly string[] | undefined;
	/** Given all that is begun, so that somebody can wait for it. */
	readonly track: (work: Promise<void>) => Promise<void>;
	/** When it is aborted, nothing more is begun. */
	readonly signal: AbortSignal;
};

/** How many distributions are read at once: what waits for a connection takes memory. */
const concurrency = 16;

/** How many releases of a distribution are looked at for one that goes together with the constraints. */
const mostReleases = 8;

/** @returns what begins to read what requirements need, and what that needs, each once; it returns at once. */
export function createReadAhead({project, metadata, target, constraints, requiredElsewhere, track, signal}: ReadAheadOptions): (requirements: readonly string[]) => void {
	const begun = new Set<string>();
	const limit = pLimit(concurrency);
	const pinOf = (name: NormalizedName) => constraintFor(constraints, name, target);
	const isNeeded = ({marker}: Requirement, extras: readonly string[]): boolean => marker === undefined || evaluateMarker(marker, target.environment, extras);

	/** Whether a requirement asks for what the constraints forbid: then another release is taken. */
	const isForbidden = ({normalized, specifier}: Requirement): boolean => {
		const version = pinOf(normalized)?.version;
		return version !== undefined && !requiredElsewhere(normalized) && !satisfies(version, specifier, {prereleases: true});
	};

	const follow = async ({normalized, extras, specifier}: Requirement): Promise<void> => {
		if (signal.aborted) {
			return;
		}

		const parse = (requires: readonly string[]): readonly Requirement[] => requires.flatMap(text => tryParse(text) ?? []).filter(requirement => isNeeded(requirement, extras));
		const elsewhere = requiredElsewhere(normalized);
		if (elsewhere) {
			begin(parse(elsewhere));
			return;
		}

		for (const version of likelyVersions(await project(normalized), pinOf(normalized)?.specifier ?? specifier).slice(0, mostReleases)) {
			if (signal.aborted) {
				return;
			}

			// One after the other: most often the first will do.
			const needed = parse((await metadata(normalized, version)).requires);
			if (!needed.some(requirement => isForbidden(requirement))) {
				begin(needed);
				return;
			}
		}
	};

	const begin = (requirements: readonly Requirement[]): void => {
		for (const requirement of requirements) {
			const key = `${requirement.normalized}[${requirement.extras.toSorted().join(',')}]`;
			if (!begun.has(key) && !signal.aborted && requirement.url === undefined) {
				begun.add(key);
				// Whatever is wrong is wrong again when it is really needed.
				void track(limit(async () => follow(requirement))).catch(() => undefined);
			}
		}
	};

	return requirements => {
		begin(requirements.flatMap(text => tryParse(text) ?? []).filter(requirement => isNeeded(requirement, [])));
	};
}

/** The versions that will do, the highest first. */
function likelyVersions({versions}: ShownProject, specifier: string): readonly ShownVersion[] {
	const all = [...versions.values()].filter(({file}) => file.yanked === undefined);
	const fitting = new Set(filterVersions(all.map(({version}) => version), specifier));
	return all.filter(({version}) => fitting.has(version)).toSorted((a, b) => compareVersions(b.version, a.version));
}

/** What cannot be read is for uv to judge. */
function tryParse(text: string): Requirement | undefined {
	try {
		return parseRequirement(text);
	} catch {
		return undefined;
	}
}
