import {type ConstraintEntry, type ConstraintFile, type ConstraintLine} from './constraints.js';
import {type NormalizedName} from './name.js';
import {constraintFor} from './select-constraints.js';
import {type Target} from './target.js';

/** A built distribution: its name and version as its METADATA has them. */
export type Pin = {readonly name: string; readonly version: string};

export type RewriteOptions = {
	/** Distributions that have no place in the file: their lines go, and their pins are not added. */
	readonly leaveOut: ReadonlySet<NormalizedName>;
	/** What the wheels are for: of several lines for one distribution, the one whose marker holds here is rewritten. */
	readonly target: Target;
};

const isAlready = ({operator, version}: ConstraintEntry, pin: Pin) => operator === '===' && version?.toLowerCase() === pin.version.toLowerCase();

function rewriteLine({text, comment, entry}: ConstraintLine, pin: Pin | undefined): string {
	if (!entry) {
		return text;
	}

	const changed = pin && !isAlready(entry, pin) ? pin : undefined;
	// Pip takes the `:` that old files have before a marker for a part of the version.
	if (!changed && !entry.legacyMarker) {
		return text;
	}

	const extras = entry.extras.length === 0 ? '' : `[${entry.extras.join(',')}]`;
	const marker = entry.markerText === undefined ? '' : `;${entry.markerText}`;
	return `${changed?.name ?? entry.name}${extras}${changed ? `===${changed.version}` : entry.specifier}${marker}${comment}`;
}

/**
Writes a constraint file again with the versions that were built.

Order, comments and markers stay. The line of a distribution, found by its name as PEP 503 compares names, becomes
`NAME===VERSION`; a line with that version already stays as it is, and so do lines under markers that do not hold on the
target. Distributions without a line come last, by name.

@param pins by normalised name; one version each.
@returns the text of the file, with `\n` after every line.
@throws BuildError STX0209 when several lines of one distribution hold on the target.
*/
export function rewriteConstraints(constraints: ConstraintFile, pins: ReadonlyMap<NormalizedName, Pin>, {leaveOut, target}: RewriteOptions): string {
	const rewritten = new Map<ConstraintEntry, Pin>();
	const added: Array<[NormalizedName, Pin]> = [];
	for (const [name, pin] of pins) {
		if (leaveOut.has(name)) {
			continue;
		}

		const entry = constraintFor(constraints, name, target);
		if (entry) {
			rewritten.set(entry, pin);
		} else {
			added.push([name, pin]);
		}
	}

	const kept = constraints.lines.filter(({entry}) => !entry || !leaveOut.has(entry.normalized));
	return [
		...kept.map(line => rewriteLine(line, line.entry && rewritten.get(line.entry))),
		...added.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, {name, version}]) => `${name}===${version}`),
	].map(line => `${line}\n`).join('');
}
