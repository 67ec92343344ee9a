/** What is known of one distribution or image: who needs it, where it comes from, what made it be made anew. */
import {BuildError} from '../errors.js';
import {buildsImage, readDirectives} from '../images/index.js';
import {
	explainStep, type Memory, type Step, type StepReason, type Store,
} from '../plan/index.js';
import {normalizeName} from '../python/index.js';
import {explainWheel, readLock, type WheelExplanation} from '../wheels/index.js';
import {
	lockFile, wheelsFolder, type ConfigFolders, type Settings,
} from '../workspace/index.js';
import {findListed} from './read-inputs.js';
import type {Prepared} from './prepare-loadbuild.js';
import type {Effects} from './request.js';

export type Explanation = {
	/** The distribution of that name, if there is one. */
	readonly wheel?: WheelExplanation & {readonly made?: StepReason};
	/** The image of that label, if there is one. */
	readonly image?: {readonly label: string; readonly made: readonly StepReason[]};
};

/** Where it is remembered what the last run made things from: apart for each target of a workspace. */
export const memoryOf = (settings: Settings, store: Store): Memory => ({store, place: `${wheelsFolder(settings)} ${settings.arch}`});

/**
The images to plan for an explanation: those that the lock knows, so that it stays as it is, and the one that is asked
for. All of them when there is no lock.

@param directiveFiles absolute.
*/
export async function planned(name: string, settings: Settings, folders: ConfigFolders, directiveFiles: readonly string[]): Promise<readonly string[]> {
	const lock = await readLock(lockFile(settings)).catch(() => undefined);
	const {files} = await findListed(settings);
	const labels = (await readDirectives(folders, directiveFiles, files)).map(({label}) => label);
	return lock ? labels.filter(label => Object.hasOwn(lock.roots, label) || label === name || label === `stx-${name}`) : [];
}

/**
@param prepared as a dry run has it, with wheels.
@param name of a distribution, or label of an image with or without `stx-`.
@throws BuildError STX0415 when there is neither.
*/
export async function explain(name: string, {plan, settings, wheels}: Prepared, {store}: Pick<Effects, 'store'>): Promise<Explanation> {
	const memory = memoryOf(settings, store);
	const images = plan.steps.filter(step => buildsImage(step));
	const built = images.find(({id}) => id === `image:${name}` || id === `image:stx-${name}`);
	const label = built?.id.slice('image:'.length);
	const followers = label === undefined ? [] : plan.steps.filter(({id}) => partsBehind.some(part => id === `${part}:${label}`));
	const image = built && label !== undefined && {label, made: [await explainStep(built, plan, memory), ...await explainFollowers(followers)]};
	const labels = images.map(({id}) => id.replace(/^image:(?:stx-)?/v, ''));
	const wheel = wheels && attempt(() => explainWheel(name, wheels.lock, wheels.inputs, labels), image !== undefined);
	const step = wheel && plan.steps.find(({subject}) => subject === `wheel:${normalizeName(name)}`);
	return {
		...(image && {image}),
		...(wheel && {wheel: {...wheel, ...(step && {made: await explainStep(step, plan, memory)})}}),
	};

	/** What follows an image is done again with it: only what else makes that be done has something to say. */
	async function explainFollowers(steps: readonly Step[]): Promise<readonly StepReason[]> {
		const reasons = await Promise.all(steps.map(async one => explainStep(one, plan, memory)));
		return reasons.filter(({changes}) => changes?.some(({part}) => !keysOfStepsBefore.has(part)));
	}
}

/** The steps behind the build of an image, as their ids begin. */
const partsBehind = ['verify', 'tag', 'record', 'push'];

/** Parts of their keys that are the key of the step before. */
const keysOfStepsBefore: ReadonlySet<string> = new Set(['image', 'verify', 'tag']);

/** A name that is an image's need not be a distribution's too. */
function attempt<T>(explaining: () => T, isImage: boolean): T | undefined {
	try {
		return explaining();
	} catch (error) {
		if (isImage && error instanceof BuildError) {
			return undefined;
		}

		throw error;
	}
}
