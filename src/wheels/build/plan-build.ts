/** What a build takes of the machine, how long it may take, and what is done to its source: from its settings. Pure. */
import type {Step} from '../../plan/index.js';
import {satisfies} from '../../python/index.js';
import type {BuildPatch, BuildSettings} from '../inputs/inputs.js';
import type {LockedPackage} from '../lock/lock.js';

/** What all builds share. */
export type BuildBudget = {
	/** Processors of this machine that builds may use. */
	readonly processors: number;
	/** Memory that builds may use, in MiB: no process of one gets more. */
	readonly memory: number;
	/** After how many seconds a build is ended that says nothing else. */
	readonly timeoutSeconds: number;
};

export const usualBudget: BuildBudget = {processors: 1, memory: 8 * 1024, timeoutSeconds: 2 * 60 * 60};

/** What builds take that say nothing else, in MiB: compiling one C++ source. */
const usualMemory = 512;

/** What they may write, in MiB: several times what the largest of OpenStack's distributions does. */
const usualDisk = 10 * 1024;

export type BuildLimits = {readonly processors: number; readonly memory: number; readonly timeoutSeconds: number; readonly disk: number};

export type PlannedBuild = {
	/** Part of the inputs, and not of the key: another machine or limit gives the same wheel. */
	readonly limits: BuildLimits;
	readonly patches: ReadonlyArray<Pick<BuildPatch, 'file' | 'digest'>>;
	readonly takes: NonNullable<Step['takes']>;
	/** Expected seconds. */
	readonly weight: number;
};

/** @param listed the file name that the wheel list gives the wheel. */
export function planBuild({version, source}: LockedPackage, settings: BuildSettings | undefined, budget: BuildBudget, listed?: string): PlannedBuild {
	const wanted = settings?.processors ?? 1;
	const processors = wanted === 'all' ? budget.processors : Math.min(wanted, budget.processors);
	const patches = (settings?.patches ?? []).filter(({versions}) => versions === undefined || satisfies(version, versions, {prereleases: true}));
	return {
		limits: {
			processors, memory: budget.memory, timeoutSeconds: settings?.timeoutSeconds ?? budget.timeoutSeconds, disk: settings?.disk ?? usualDisk,
		},
		patches: patches.map(({file, digest}) => ({file, digest})),
		takes: {processors, memory: settings?.memory ?? usualMemory},
		weight: wanted === 1 ? guessSeconds(source, listed) : longBuild,
	};
}

/** Expected seconds of a build that is given several processors: longer than all others. */
const longBuild = 300;

/** A guess for the first time, by the one thing that is known: compiling takes long, and more source longer. */
function guessSeconds(source: LockedPackage['source'], listed: string | undefined): number {
	if (listed?.endsWith('-none-any.whl')) {
		return 3;
	}

	const size = source.kind === 'sdist' ? source.file.size ?? 0 : 0;
	return (listed === undefined ? 5 : 10) + Math.min(60, Math.round(size / 40_000));
}
