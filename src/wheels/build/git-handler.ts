/** `wheels.git`: brings a project at a commit of a git repository into the store. */
import {BuildError} from '../../errors.js';
import type {Handler} from '../../plan/index.js';
import type {GitTree} from '../../system/index.js';
import type {WheelEffects} from '../effects.js';
import type {GitInputs} from '../plan-sources.js';

export function createGitHandler({git}: Pick<WheelEffects, 'git'>): Handler {
	return {
		async holds(result) {
			return git.has(result as GitTree);
		},
		async run(step, {signal}) {
			const {name, url, commit, subfolder} = step.inputs as GitInputs;
			try {
				return await git.fetch(url, commit, {signal, folder: subfolder});
			} catch (error) {
				throw error instanceof BuildError && error.code !== 'STX0003'
					? new BuildError(error.code, `\`${name}\` cannot be built: ${error.message}`, {at: error.at, cause: error, ...(error.hint !== undefined && {hint: error.hint})})
					: error;
			}
		},
	};
}
