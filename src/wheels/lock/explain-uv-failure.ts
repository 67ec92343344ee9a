/** Turns uv's failures into errors that say which of our files they come from. Pure. */
import {BuildError, type SourceLocation} from '../../errors.js';
import {
	constraintFor, parseRequirement, type ConstraintFile, type NormalizedName, type Target,
} from '../../python/index.js';
import type {MissingDeb} from '../inputs/inputs.js';
import type {UvFailure} from './parse-uv.js';
import {standInFilename, type StandIn} from './stand-in.js';

/** Requirements with who asks for them, where that is known. */
export type AskingRoots = {
	readonly label: string;
	readonly requirements: readonly string[];
	readonly at?: SourceLocation;
	/** Where single requirements are written, if not there. */
	readonly places?: ReadonlyMap<string, SourceLocation>;
};

export type Circumstances = {
	readonly roots: readonly AskingRoots[];
	readonly constraints: ConstraintFile;
	readonly target: Target;
	/** Distributions whose addresses in an explanation say nothing to a user. */
	readonly given: readonly StandIn[];
	/** Debian packages with wheels that are named and not built. */
	readonly missingDebs: readonly MissingDeb[];
};

export function explainUvFailure(failure: UvFailure, circumstances: Circumstances): BuildError {
	switch (failure.kind) {
		case 'no-interpreter': {
			return new BuildError('STX0410', 'uv found no Python on this machine, and it needs one, of any version, to resolve', {hint: 'install `python3` (apt-get install python3-minimal)'});
		}

		case 'unsatisfiable': {
			return explainConflict(failure.explanation, failure.names, circumstances);
		}

		case 'absent': {
			const [asking] = [...askersOf([failure.name], circumstances.roots), ...circumstances.roots];
			return absentModule(failure.name, asking ?? {label: 'a requirement'}, circumstances.missingDebs);
		}

		case 'other': {
			return /no space left on device/i.test(failure.text)
				? new BuildError('STX0905', `uv could not resolve the requirements: the disk is full\n${failure.text}`, {hint: 'free some room, or name another place with --cache-dir'})
				: new BuildError('STX0413', `uv could not resolve the requirements\n${failure.text}`);
		}
	}
}

/** The error for a name that only a local module can give, when none does. */
export function absentModule(name: NormalizedName, {label, at}: Pick<AskingRoots, 'label' | 'at'>, missingDebs: readonly MissingDeb[] = []): BuildError {
	const unbuilt = missingDebs.length === 0 ? '' : `; or build the package that has its wheel: ${missingDebs.map(deb => `\`${deb.name}\``).join(', ')} ${missingDebs.length === 1 ? 'is' : 'are'} named, and not in the workspace`;
	return new BuildError('STX0409', `\`${label}\` needs \`${name}\`, which only a local module can give, and that module is not listed`, {...(at && {at}), hint: `add [${name}] with its \`path\` to wheels/modules.ini${unbuilt}`});
}

/** A conflict with uv's own reasoning, the places of the requirements in it, and the lines of the constraints in it. */
function explainConflict(explanation: string, names: readonly NormalizedName[], {roots, constraints, target, given}: Circumstances): BuildError {
	const pins = names
		.flatMap(name => constraintFor(constraints, name, target) ?? [])
		.filter(({normalized, version}) => version !== undefined && explanation.includes(`${normalized}==${version}`));
	const missing = [...explanation.matchAll(/(?<name>[\w.\-]+) was not found in (?:the package registry|the provided package locations)/gv)].map(match => match.groups!.name!);
	const held = pins.map(({name, specifier}) => `\`${name}${specifier}\``).join(', ');
	return new BuildError('STX0411', `the requirements cannot be met together\n${withoutAddresses(explanation, given)}`, {
		at: [...askersOf(names, roots).flatMap(({at}) => at ?? []), ...pins.map(({line}) => ({file: constraints.file, line}))],
		hint: missing.length > 0
			? `the index has no ${missing.map(name => `\`${name}\``).join(', ')}: correct the name, or list the module that gives it in wheels/modules.ini`
			: (pins.length > 0 ? `the constraints hold ${held}: change the requirement, or list another version in the wheel list` : 'change one of the requirements'),
	});
}

/** Who asks for one of the distributions, and where; each place once. */
function askersOf(names: readonly NormalizedName[], roots: readonly AskingRoots[]): ReadonlyArray<Pick<AskingRoots, 'label' | 'at'>> {
	const askers = roots.flatMap(({label, requirements, at, places}) => requirements
		.filter(text => names.includes(parseRequirement(text).normalized))
		.map(text => ({label, at: places?.get(text) ?? at})));
	const byPlace = new Map(askers.map(({label, at}) => [JSON.stringify(at), {label, ...(at && {at})}]));
	return [...byPlace.values()];
}

function withoutAddresses(explanation: string, given: readonly StandIn[]): string {
	const files = new Set(given.map(standIn => standInFilename(standIn)));
	return explanation.replaceAll(/ ?@ file:\S*\/(?<file>[^\/\s`,]+\.whl)/gv, (whole, file: string) => files.has(file) ? '' : whole);
}
