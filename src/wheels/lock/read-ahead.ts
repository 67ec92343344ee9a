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
};

export type ReadAhead = {
	/** Begins to read what requirements need, and what that needs, each once. It returns at once. */
	begin(requirements: readonly string[]): void;
	/** Begins nothing more, and waits for what it has begun. */
	end(): Promise<void>;
};

/** How many distributions are read at once: what waits for a connection takes memory. */
const concurrency = 16;

/** How many releases of a distribution are looked at for one that goes together with the constraints. */
const mostReleases = 8;

/** @returns what begins nothing by itself. */
export function createReadAhead({project, metadata, target, constraints, requiredElsewhere}: ReadAheadOptions): ReadAhead {
	const begun = new Set<string>();
	const running = new Set<Promise<void>>();
	let isEnded = false;
	const limit = pLimit(concurrency);
	const pinOf = (name: NormalizedName) => constraintFor(constraints, name, target);
	const isNeeded = ({marker}: Requirement, extras: readonly string[]): boolean => marker === undefined || evaluateMarker(marker, target.environment, extras);

	/** Whether a requirement asks for what the constraints forbid: then another release is taken. */
	const isForbidden = ({normalized, specifier}: Requirement): boolean => {
		const version = pinOf(normalized)?.version;
		return version !== undefined && !requiredElsewhere(normalized) && !satisfies(version, specifier, {prereleases: true});
	};

	const follow = async ({normalized, extras, specifier}: Requirement): Promise<void> => {
		if (isEnded) {
			return;
		}

		const parse = (requires: readonly string[]): readonly Requirement[] => requires.flatMap(text => tryParse(text) ?? []).filter(requirement => isNeeded(requirement, extras));
		const elsewhere = requiredElsewhere(normalized);
		if (elsewhere) {
			begin(parse(elsewhere));
			return;
		}

		for (const version of likelyVersions(await project(normalized), pinOf(normalized)?.specifier ?? specifier).slice(0, mostReleases)) {
			if (isEnded) {
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

	const track = async (reading: Promise<void>): Promise<void> => {
		running.add(reading);
		try {
			await reading;
		} catch {
			// Whatever is wrong is wrong again when it is really needed.
		} finally {
			running.delete(reading);
		}
	};

	const begin = (requirements: readonly Requirement[]): void => {
		for (const requirement of requirements) {
			const key = `${requirement.normalized}[${requirement.extras.toSorted().join(',')}]`;
			if (!begun.has(key) && !isEnded && requirement.url === undefined) {
				begun.add(key);
				void track(limit(async () => follow(requirement)));
			}
		}
	};

	return {
		begin(requirements) {
			begin(requirements.flatMap(text => tryParse(text) ?? []).filter(requirement => isNeeded(requirement, [])));
		},
		async end() {
			isEnded = true;
			await Promise.allSettled(running);
		},
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
