/** Choosing an engine: by trying it on nothing, in a fraction of a second, not by asking for its version. */
import {BuildError} from '../errors.js';
import {engineNames, type Engine, type EngineName} from './engine.js';
import type {FailedTrial, Trial, TrialOptions} from './trial.js';
import {tryBuildah} from './try-buildah.js';
import {tryDocker} from './try-docker.js';
import {tryPodman} from './try-podman.js';

export type SelectOptions = TrialOptions & {readonly preferred: EngineName | 'auto'};

const trials: Readonly<Record<EngineName, (options: TrialOptions) => Promise<Trial>>> = {docker: tryDocker, podman: tryPodman, buildah: tryBuildah};

/** Tries one engine on nothing. What is wrong with the machine is the answer; only an interruption is thrown. */
export const tryEngine = async (name: EngineName, options: TrialOptions): Promise<Trial> => trials[name](options);

/**
Gives the engine to work with: with `auto` docker where it works, else podman where it does, else buildah.

@throws BuildError STX0701 when no engine works, STX0702 when the one that was asked for does not.
*/
export async function selectEngine(options: SelectOptions): Promise<Engine> {
	const isAuto = options.preferred === 'auto';
	const names: readonly EngineName[] = isAuto ? engineNames : [options.preferred];
	const failed: FailedTrial[] = [];
	for (const name of names) {
		const trial = await tryEngine(name, options);
		if ('engine' in trial) {
			return trial.engine;
		}

		failed.push(trial);
	}

	const reasons = failed.map(({name, reason}) => `${name}: ${reason}`).join('; ');
	throw new BuildError(
		isAuto ? 'STX0701' : 'STX0702',
		isAuto ? `no container engine works on this machine (${reasons})` : `the engine that was asked for does not work (${reasons})`,
		{hint: `${failed.map(({hint}) => hint).join(', or ')}; \`stx-build doctor\` tries everything and says more`},
	);
}
