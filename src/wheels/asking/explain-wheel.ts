/** Why a distribution is among the wheels, and where it comes from. Pure. */
import {BuildError, type SourceLocation} from '../../errors.js';
import {suggestNames} from '../../near-names.js';
import {constraintFor, normalizeName, type NormalizedName} from '../../python/index.js';
import type {WheelInputs} from '../inputs/inputs.js';
import type {Lock} from '../lock/lock.js';
import {describeSource, type DescribedSource} from './describe-source.js';
import {findChains, type Chain} from './find-chains.js';

/** A line of an input that speaks of the distribution. */
export type Statement = {
	/** `wheel list`, `constraint`, `local module`, `toolchain`, `build settings`. */
	readonly from: string;
	readonly text: string;
	readonly at: SourceLocation;
};

export type LockedVersion = {
	readonly version: string;
	readonly source: DescribedSource;
	/** Whether it is in the tarball, and not only in environments of builds. */
	readonly inTarball: boolean;
	/** Builds that it is installed for. */
	readonly builds: ReadonlyArray<{readonly name: NormalizedName; readonly version: string}>;
};

export type WheelExplanation = {
	readonly name: NormalizedName;
	/** One, and others where builds need them. */
	readonly versions: readonly LockedVersion[];
	readonly chains: readonly Chain[];
	readonly statements: readonly Statement[];
};

/**
@param text a name of a distribution, however it is written.
@param inputs undefined where they cannot be read: what they state is then left out.
@param others names of images, where these may be meant too.
@throws BuildError STX0415 when the lock does not have it, STX0201 when it is no name.
*/
export function explainWheel(text: string, lock: Lock, inputs: WheelInputs | undefined, others: readonly string[] = []): WheelExplanation {
	const name = normalizeName(text);
	const versions = versionsOf(name, lock);
	const statements = inputs ? statementsOf(name, inputs) : [];
	if (versions.length === 0) {
		const stated = statements.length === 0 ? '' : `, though ${statements.map(({from}) => `a ${from}`).join(' and ')} names it`;
		throw new BuildError('STX0415', `nothing needs \`${name}\`: it is not one of the ${lock.packages.length} locked distributions${others.length === 0 ? '' : `, nor of the ${others.length} images`}${stated}`, {
			at: statements.flatMap(({at}) => at), hint: suggestNames(name, [...lock.packages.map(item => item.name), ...others], '`stx-build wheels list` has their names'),
		});
	}

	return {
		name, versions, chains: findChains(lock, name), statements,
	};
}

function versionsOf(name: NormalizedName, lock: Lock): readonly LockedVersion[] {
	const inTarball = lock.packages.filter(item => item.name === name);
	const forBuilds = lock.buildPackages.filter(item => item.name === name);
	return [...inTarball, ...forBuilds].map(item => ({
		version: item.version,
		source: describeSource(item.source),
		inTarball: inTarball.includes(item),
		builds: lock.builds.filter(({environment}) => environment.some(tool => tool.name === name && tool.version === item.version)).map(build => ({name: build.name, version: build.version})),
	}));
}

/** What the inputs say of a distribution, the line that decides first. */
function statementsOf(name: NormalizedName, {wheelList, modules, gitModules, localWheels, toolchain, buildSettings, constraints, target}: WheelInputs): readonly Statement[] {
	const constraint = constraintFor(constraints, name, target);
	const settings = buildSettings.get(name);
	return [
		...modules.filter(module => module.name === name).map(({folder, at}) => ({from: 'local module', text: folder, at})),
		...gitModules.filter(module => module.name === name).map(({url, at}) => ({from: 'local module', text: url, at})),
		...localWheels.filter(wheel => wheel.name === name).map(({path, at}) => ({from: 'local wheel', text: path, at})),
		...wheelList.filter(entry => entry.name === name).map(({wheel, type, at}) => ({from: 'wheel list', text: `${wheel}|${type}`, at})),
		...toolchain.filter(pin => pin.name === name).map(({version, at}) => ({from: 'toolchain', text: `${name}==${version}`, at})),
		...(constraint ? [{from: 'constraint', text: `${constraint.name}${constraint.specifier}${constraint.markerText === undefined ? '' : `;${constraint.markerText}`}`, at: {file: constraints.file, line: constraint.line}}] : []),
		...(settings ? [{from: 'build settings', text: settings.reason, at: settings.at}] : []),
	];
}
