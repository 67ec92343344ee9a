import {BuildError, collect, throwProblems} from '../errors.js';
import {maskSecrets} from '../mask-secrets.js';
import {type ConstraintEntry, type ConstraintFile} from './constraints.js';
import {evaluateMarker} from './evaluate-marker.js';
import {type NormalizedName} from './name.js';
import {type Target} from './target.js';
import {tryParseVersion} from './version.js';

/**
The constraint that holds for a distribution on a target.

@returns undefined when there is none, or none whose marker holds.
@throws BuildError STX0209, naming the lines, when the markers of several hold; STX0202 when it is `===` and no version, which nothing can satisfy.
*/
export function constraintFor({byName, file}: Pick<ConstraintFile, 'byName' | 'file'>, name: NormalizedName, target: Target): ConstraintEntry | undefined {
	const holding = (byName.get(name) ?? []).filter(({marker}) => !marker || evaluateMarker(marker, target.environment));
	if (holding.length > 1) {
		const versions = holding.map(({specifier, url}) => `\`${maskSecrets(url ?? specifier)}\``).join(' and ');
		throw new BuildError('STX0209', `${holding.length} constraints of \`${holding[0]!.name}\` hold for Python ${target.python} on ${target.arch}: ${versions}`, {
			at: holding.map(({line}) => ({file, line})),
			hint: 'leave one, or give them markers of which only one holds',
		});
	}

	const [entry] = holding;
	if (entry?.operator === '===' && !tryParseVersion(entry.version!)) {
		throw new BuildError('STX0202', `\`${entry.version!}\` is not a version as PEP 440 defines it, so nothing satisfies this constraint of \`${entry.name}\``, {at: {file, line: entry.line}});
	}

	return entry;
}

/**
All constraints that hold on a target, by name, in the order of the file.

@throws BuildError as `constraintFor`, for all distributions at once.
*/
export function constraintsFor(constraints: Pick<ConstraintFile, 'byName' | 'file'>, target: Target): ReadonlyMap<NormalizedName, ConstraintEntry> {
	const problems: BuildError[] = [];
	const holding = new Map<NormalizedName, ConstraintEntry>();
	for (const name of constraints.byName.keys()) {
		const entry = collect(problems, () => constraintFor(constraints, name, target));
		if (entry) {
			holding.set(name, entry);
		}
	}

	throwProblems(problems);
	return holding;
}
