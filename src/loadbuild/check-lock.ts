import {BuildError} from '../errors.js';
import {gatherDirectives, searchCheckout} from '../images/index.js';
import {changesOfLock, type Lock} from '../wheels/index.js';
import {formatUnknown} from './format-unknown.js';
import {createIndexClient} from './index-client.js';
import {namedFiles, readInputs, rootsOf} from './read-inputs.js';
import type {Effects, LoadbuildRequest} from './request.js';

/**
What is to be said of a lock that is looked at as it is: that the inputs are others than those it was made from, or that
this cannot be told. Undefined when it is up to date.

@param asked for wheels. Nobody is asked over the network: what images need is only known where LOCI and their projects are
on this machine.
*/
export async function checkLock(lock: Lock, asked: LoadbuildRequest, effects: Effects): Promise<string | undefined> {
	const request: LoadbuildRequest = {...asked, settings: {...asked.settings, offline: true}, wheels: {...asked.wheels!, frozen: true}};
	const {settings, folders} = request;
	const pypi = createIndexClient(settings, effects);
	const what = 'whether the lock is stale';
	try {
		const found = await searchCheckout(settings);
		const {directives} = await gatherDirectives(folders, namedFiles(request), found?.files);
		const locked = directives.map(({label}) => label).filter(label => Object.hasOwn(lock.roots, label));
		const unknown = locked.length === 0 ? undefined : await changesOfImages(locked);
		const changes = unknown instanceof BuildError || unknown === undefined ? await changesOfInputs(unknown) : unknown;
		if (changes.length > 0) {
			return `the lock is stale, since these are not as they were: ${changes.join(', ')}; \`stx-build wheels lock\` makes it anew`;
		}

		return unknown instanceof BuildError ? formatUnknown('whether the images still need what is locked', unknown) : undefined;
	} catch (error) {
		if (error instanceof BuildError && !effects.signal.aborted) {
			return formatUnknown(what, error);
		}

		throw error;
	}

	/** What has changed of the inputs and of what the images need, or why the latter is not known. */
	async function changesOfImages(only: readonly string[]): Promise<readonly string[] | BuildError> {
		const whole: LoadbuildRequest = {...request, select: {only, skip: [], directiveFiles: request.select?.directiveFiles ?? []}, wheels: {...request.wheels!, asLocked: false}};
		try {
			const {wheels, dialect, directives, sources} = await readInputs(whole, effects, pypi);
			const roots = rootsOf(whole, {directives, dialect, sources}, {latest: false, version: ''});
			return changesOfLock(lock, wheels!, roots, settings.index);
		} catch (error) {
			if (error instanceof BuildError && !effects.signal.aborted) {
				return error;
			}

			throw error;
		}
	}

	/** What has changed of the inputs alone. */
	async function changesOfInputs(unknown: BuildError | undefined): Promise<readonly string[]> {
		const {wheels} = await readInputs({...request, wheels: {...request.wheels!, asLocked: true}}, effects, pypi);
		const problems = unknown ? [unknown, ...unknown.problems] : [];
		return [
			...changesOfLock(lock, wheels!, [], settings.index),
			// The lock has no commit for one of them: it is another branch or tag than before.
			...(problems.some(({code}) => code === 'STX0407') ? ['the sources of images'] : []),
		];
	}
}
