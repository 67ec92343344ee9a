/** Decides which file each distribution of a resolution comes from. */
import {BuildError, throwProblems} from '../../errors.js';
import type {NormalizedName} from '../../python/index.js';
import type {NameChoice, WheelInputs} from '../inputs/inputs.js';
import type {LockedPackage} from './lock.js';
import type {Listed} from './read-listed.js';
import type {Resolved} from './resolver.js';
import type {SdistSource} from './sdist-source.js';

/** @throws BuildError STX0414 when there is no file to take. */
export type Choose = (item: Resolved, use: 'run' | 'build') => Promise<LockedPackage>;

export type Policy = {
	/** What the wheel list, git repositories and wheels of this machine give. */
	readonly listed: ReadonlyMap<NormalizedName, Listed>;
	readonly sdists: SdistSource;
	readonly fromSource: NameChoice;
};

/**
The policy: what the wheel list or a local module gives comes from there; otherwise the index's best wheel is taken, or
the sdist where the user wants it or there is no wheel.
*/
export function createChooser(inputs: WheelInputs, {listed, sdists, fromSource}: Policy): Choose {
	const modules = new Map(inputs.modules.map(item => [item.name, item]));
	const wantsSource = (name: NormalizedName): boolean => {
		const {from} = inputs.buildSettings.get(name) ?? {};
		return from === 'sdist' || (from !== 'wheel' && (fromSource === 'all' || fromSource.includes(name)));
	};

	return async (item, use) => {
		const {name, version, dependencies, wheel} = item;
		const given = listed.get(name);
		const module = modules.get(name);
		if (given !== undefined || module !== undefined) {
			return {
				name, version: given?.standIn.version ?? module!.version, dependencies, source: given?.source ?? {kind: 'directory', path: module!.folder},
			};
		}

		// What builds need is always taken as a wheel where there is one: a build system that must build itself first has no beginning.
		if (wheel && (use === 'build' || !wantsSource(name))) {
			return {
				name, version, dependencies, source: {kind: 'wheel', file: wheel},
			};
		}

		const file = await sdists.locate(name, version);
		if (!file) {
			throw new BuildError('STX0414', `the index has no sdist of \`${name}\` ${version} to build it from`, {hint: `give [${name}] \`from = wheel\` in wheels/build-settings.ini, or choose another version`});
		}

		return {
			name, version, dependencies, source: {kind: 'sdist', file},
		};
	};
}

/** @throws BuildError STX0414 when a pinned tool would come from a file that is not pinned. */
export function verifyToolchain(inputs: WheelInputs, packages: readonly LockedPackage[]): void {
	const pins = new Map(inputs.toolchain.map(pin => [pin.name, pin]));
	throwProblems(packages.flatMap(({name, version, source}) => {
		const pin = pins.get(name);
		if (pin?.version !== version || !('file' in source) || pin.sha256.includes(source.file.sha256)) {
			return [];
		}

		const {filename, sha256, url} = source.file;
		return [new BuildError('STX0414', `\`${filename}\` has sha256 \`${sha256}\`, which is not one of those pinned`, {at: [pin.at, {url}], hint: 'if that file is right, add its hash'})];
	}));
}
