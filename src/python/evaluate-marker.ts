import {BuildError} from '../errors.js';
import {foldName} from './name.js';
import {
	formatMarker, versionVariables, type Marker, type MarkerComparison, type MarkerOperator, type MarkerVariable,
} from './marker.js';
import {satisfies, tryParseSpecifier} from './specifier.js';

/** The values of the marker variables of one interpreter on one platform (PEP 508), but for `extra`. */
export type MarkerEnvironment = Readonly<Record<Exclude<MarkerVariable, 'extra'>, string>>;

/** How texts compare. They have no order, so of `<=` and `>=` the equality is left. */
const textOperators: Readonly<Partial<Record<MarkerOperator, (left: string, right: string) => boolean>>> = {
	in: (left, right) => right.includes(left),
	'not in': (left, right) => !right.includes(left),
	'==': (left, right) => left === right,
	'!=': (left, right) => left !== right,
	'<=': (left, right) => left === right,
	'>=': (left, right) => left === right,
	'<': () => false,
	'>': () => false,
};

function compare(comparison: MarkerComparison, environment: MarkerEnvironment, extra: string): boolean {
	const {variable, operator, value, reversed} = comparison;
	const ours = variable === 'extra' ? extra : environment[variable];
	const [left, right] = reversed ? [value, ours] : [ours, value];
	const specifier = versionVariables.has(variable) ? tryParseSpecifier(`${operator}${right}`) : undefined;
	if (specifier) {
		return satisfies(left, [specifier]);
	}

	const operate = textOperators[operator];
	if (!operate) {
		throw new BuildError('STX0205', `the marker \`${formatMarker(comparison)}\` compares texts by \`${operator}\`, which is for versions only`, {hint: 'compare it by `==`, `!=` or `in`'});
	}

	return operate(left, right);
}

function evaluate(marker: Marker, environment: MarkerEnvironment, extra: string): boolean {
	if (marker.type === 'comparison') {
		return compare(marker, environment, extra);
	}

	// Every part is looked at, so that a part without meaning is found whatever the others say.
	const results = marker.markers.map(part => evaluate(part, environment, extra));
	return marker.type === 'and' ? results.every(Boolean) : results.some(Boolean);
}

/**
Whether a marker holds for an interpreter, with the answer `packaging` gives: versions compare as versions, all else as text.

@param extras the extras asked for, in any spelling; the marker holds when it holds for one of them. None: `extra` is the empty text.
@throws BuildError STX0205 for a comparison that has no meaning (`os_name ~= 'posix'`).
*/
export function evaluateMarker(marker: Marker, environment: MarkerEnvironment, extras: readonly string[] = []): boolean {
	return extras.length === 0 ? evaluate(marker, environment, '') : extras.some(extra => evaluate(marker, environment, foldName(extra)));
}
