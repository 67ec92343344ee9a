import {BuildError} from '../errors.js';
import {changesOfLock, type Lock} from '../wheels/index.js';
import {createIndexClient} from './index-client.js';
import {readInputs, rootsOf} from './read-inputs.js';
import type {Effects, LoadbuildRequest} from './request.js';

/**
What is to be said of a lock that is looked at as it is: that the inputs are others than those it was made from, or that
this cannot be told. Undefined when it is up to date.

@param asked for the wheels of all images. Nobody is asked over the network.
*/
export async function checkLock(lock: Lock, asked: LoadbuildRequest, effects: Effects): Promise<string | undefined> {
	const request: LoadbuildRequest = {...asked, settings: {...asked.settings, offline: true}};
	try {
		const pypi = createIndexClient(request.settings, effects);
		const {wheels, dialect, directives, sources} = await readInputs(request, effects, pypi);
		const locked = directives.filter(({label}) => Object.hasOwn(lock.roots, label));
		const roots = dialect ? rootsOf(request, {directives: locked, dialect, sources}, {latest: false, version: ''}) : [];
		const changes = wheels ? changesOfLock(lock, wheels, roots, request.settings.index) : [];
		return changes.length === 0 ? undefined : `the lock is stale, since these are not as they were: ${changes.join(', ')}; \`stx-build wheels lock\` makes it anew`;
	} catch (error) {
		if (error instanceof BuildError) {
			const [first = error, ...more] = error.problems;
			return `whether the lock is stale cannot be told: ${first.message}${more.length === 0 ? '' : `, and ${more.length} more errors`}`;
		}

		throw error;
	}
}
