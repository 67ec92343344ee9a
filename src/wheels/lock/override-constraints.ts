/** Where a git module that is needed has requirements that the upper constraints contradict. Pure. */
import {
	evaluateMarker, parseConstraints, parseRequirement, type ConstraintFile, type NormalizedName, type Target,
} from '../../python/index.js';
import type {GitModule, WheelInputs, WheelRoots} from '../inputs/inputs.js';

/**
The git modules that roots need by name: themselves, or by way of what modules require. One whose requirements are not
known may turn out to need more.
*/
export function neededModules({gitModules, modules, target}: Pick<WheelInputs, 'gitModules' | 'modules'> & {readonly target: Pick<Target, 'environment'>}, roots: ReadonlyArray<Pick<WheelRoots, 'requirements'>>): readonly GitModule[] {
	const requires = new Map<NormalizedName, readonly string[]>([...gitModules, ...modules].map(module => [module.name, module.requires ?? []]));
	const seen = new Set<NormalizedName>();
	const waiting = roots.flatMap(({requirements}) => requirements);
	// It grows while it is worked off.
	for (const text of waiting) {
		const {normalized, marker} = parseRequirement(text);
		if (!seen.has(normalized) && (!marker || evaluateMarker(marker, target.environment))) {
			seen.add(normalized);
			waiting.push(...requires.get(normalized) ?? []);
		}
	}

	return gitModules.filter(({name}) => seen.has(name));
}

/** The constraints, with what the needed modules put in their place. */
export function overrideConstraints(constraints: ConstraintFile, needed: readonly GitModule[]): ConstraintFile {
	const overrides = needed.flatMap(module => parseConstraints(`${module.overrides.join('\n')}\n`, module.at.file).entries.map(entry => ({...entry, line: module.at.line})));
	const names = new Set(overrides.map(({normalized}) => normalized));
	const entries = [...constraints.entries.filter(({normalized}) => !names.has(normalized)), ...overrides];
	const byName = new Map(constraints.byName);
	for (const name of names) {
		byName.set(name, overrides.filter(({normalized}) => normalized === name));
	}

	return overrides.length === 0 ? constraints : {...constraints, entries, byName};
}
