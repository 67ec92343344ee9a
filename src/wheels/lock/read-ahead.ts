/**
Reads what a resolution will need before it is asked for. It decides nothing: with constraints, nearly every version is
known beforehand, and where it guesses wrong some file has been read for nothing.
*/
import pLimit from 'p-limit';
import {
	compareVersions, constraintFor, evaluateMarker, filterVersions, parseRequirement, satisfies, type ConstraintFile, type NormalizedName, type Requirement, type Target,
} from '../../python/index.js';
import {shownVersions, type ShownProject, type ShownVersion} from './shown-project.js';
import type {StandIn} from './stand-in.js';

export type ReadAheadOptions = {
	readonly project: (name: NormalizedName) => Promise<ShownProject>;
	readonly metadata: (name: NormalizedName, version: ShownVersion) => Promise<StandIn>;
	readonly target: Target;
	readonly constraints: ConstraintFile;
	/** What something requires that comes from elsewhere than the index; undefined for all else. */
	readonly requiredElsewhere: (name: NormalizedName) => readonly string[] | undefined;
	/** Ends it: nothing more is begun. */
	readonly signal: AbortSignal;
};

/** How many distributions are read at once: what waits for a connection takes memory. */
const concurrency = 16;

/** How many releases of a distribution are looked at for one that goes together with the constraints. */
const mostReleases = 8;

/** @returns what begins to read what requirements need, and what these need, each once; it returns at once. */
export function readAhead({project, metadata, target, constraints, requiredElsewhere, signal}: ReadAheadOptions): (requirements: readonly string[]) => void {
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
				void limit(async () => follow(requirement)).catch(() => undefined);
			}
		}
	};

	return requirements => {
		begin(requirements.flatMap(text => tryParse(text) ?? []).filter(requirement => isNeeded(requirement, [])));
	};
}

/** The versions that will do, the highest first. */
function likelyVersions(project: ShownProject, specifier: string): readonly ShownVersion[] {
	const byVersion = new Map(shownVersions(project).map(item => [item.version, item]));
	return filterVersions([...byVersion.keys()], specifier).toSorted((a, b) => compareVersions(b, a)).map(version => byVersion.get(version)!);
}

/** What cannot be read is for uv to judge. */
function tryParse(text: string): Requirement | undefined {
	try {
		return parseRequirement(text);
	} catch {
		return undefined;
	}
}
