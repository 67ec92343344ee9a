import {BuildError} from '../errors.js';
import {type LeftOut, type Lock} from '../wheels/index.js';
import {lockFile} from '../workspace/index.js';
import {bringLock, listLeftOut} from './bring-lock.js';
import {createIndexClient} from './index-client.js';
import {readInputs, rootsOf} from './read-inputs.js';
import type {Effects, LoadbuildRequest} from './request.js';

export type Locked = {
	/** The lock file. */
	readonly file: string;
	readonly lock: Lock;
	readonly leftOut: readonly LeftOut[];
};

/**
Brings the lock up to date, and builds nothing.

@param request its part is the wheels.
@throws BuildError with all that is wrong with the inputs.
*/
export async function lockLoadbuild(request: LoadbuildRequest, effects: Effects): Promise<Locked> {
	const pypi = createIndexClient(request.settings, effects);
	const {wheels, dialect, directives, sources} = await readInputs(request, effects, pypi);
	if (!wheels) {
		throw new BuildError('STX0801', 'a lock is made for the wheels, and these are not asked for');
	}

	const roots = rootsOf(request, {directives, dialect, sources}, {latest: false, version: ''});
	const lock = await bringLock(wheels, roots, {
		request, effects, pypi, sources: sources.locked,
	});
	return {file: lockFile(request.settings), lock, leftOut: listLeftOut({inputs: wheels, lock})};
}
