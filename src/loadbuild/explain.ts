/** What is known of one distribution or image: who needs it, where it comes from, what made it be made anew. */
import {BuildError} from '../errors.js';
import {askFor, nearNames} from '../near-names.js';
import {buildsImage, gatherDirectives, searchCheckout} from '../images/index.js';
import {
	explainStep, recallReason, type Memory, type Plan, type Step, type StepReason, type Store,
} from '../plan/index.js';
import {normalizeName} from '../python/index.js';
import {exists} from '../system/index.js';
import {
	explainWheel, readLock, type Lock, type WheelExplanation,
} from '../wheels/index.js';
import {lockFile, wheelsFolder, type Settings} from '../workspace/index.js';
import {checkLock} from './check-lock.js';
import {formatUnknown} from './format-unknown.js';
import {prepareLoadbuild, type Prepared} from './prepare-loadbuild.js';
import {namedFiles} from './read-inputs.js';
import type {Effects, LoadbuildRequest} from './request.js';

export type ExplainRequest = Pick<LoadbuildRequest, 'settings' | 'folders' | 'workingFolder' | 'version' | 'base'> & {
	/** Of a distribution, or label of an image with or without `stx-`. */
	readonly name: string;
	/** Whether it may be an image, and not only a distribution. */
	readonly images: boolean;
	/** Directive files outside build-config, as written. */
	readonly directiveFiles: readonly string[];
	/** Folders of finished wheels, as written. */
	readonly extraFolders: readonly string[];
};

export type Explanation = {
	/** The distribution of that name, if there is one. */
	readonly wheel?: WheelExplanation & {readonly made?: StepReason};
	/** The image of that label, if there is one. */
	readonly image?: {readonly label: string; readonly made: readonly StepReason[]};
	/** What is to be said of the lock, and what cannot be told with what is on this machine. */
	readonly notes: readonly string[];
};

/** Where it is remembered what the last run made things from: apart for each target of a workspace. */
export const memoryOf = (settings: Settings, store: Store): Memory => ({store, place: `${wheelsFolder(settings)} ${settings.arch}`});

/**
Explains from the lock as it is, and from what else this machine has. Nobody is asked over the network: where a plan would
take that, what the last run remembers is told, and a note says what is left open.

@throws BuildError STX0415 when the name is neither an image's nor in the lock; STX0903 when there is no lock to look in, or it cannot be told whether there is one,
STX0408 when it is none.
*/
export async function explain(asked: ExplainRequest, effects: Effects): Promise<Explanation> {
	const {name, images, directiveFiles, extraFolders, ...common} = asked;
	const {settings, folders} = common;
	const memory = memoryOf(settings, effects.store);
	const request: LoadbuildRequest = {
		...common,
		settings: {...settings, offline: true},
		dryRun: true,
		parts: {wheels: true, base: false, images: false},
		select: {only: [], skip: [], directiveFiles},
		wheels: {
			frozen: true, asLocked: true, fromSource: [], fromIndex: [], allowUnusable: true, extraFolders,
		},
	};
	const labels = images ? await readLabels() : [];
	// Who writes no `stx-` means none.
	const others = labels.map(each => name.startsWith('stx-') ? each : each.replace(/^stx-/v, ''));
	const label = labels.find(each => each === name || each === `stx-${name}`);
	const image = label === undefined ? undefined : await explainImage(label);
	const wheel = await explainDistribution();
	return {
		...(image && {image: image.explained}), ...(wheel && {wheel: wheel.explained}), notes: [...new Set([...image?.notes ?? [], ...wheel?.notes ?? []])],
	};

	async function readLabels(): Promise<readonly string[]> {
		const found = await searchCheckout(settings);
		const {directives} = await gatherDirectives(folders, namedFiles(request), found?.files);
		return directives.map(each => each.label);
	}

	async function explainImage(known: string) {
		const prepared = await attempt(async () => prepareLoadbuild({...request, parts: {wheels: false, base: false, images: true}, select: {only: [known], skip: [], directiveFiles}}, effects));
		if (!(prepared instanceof BuildError)) {
			return {explained: {label: known, made: await explainSteps(prepared.plan, memory)}, notes: []};
		}

		const made = await recallSteps(known, memory);
		return {explained: {label: known, made}, notes: made[0]!.state === 'new' ? [] : [formatUnknown(`whether \`${known}\` is to be made anew`, prepared)]};
	}

	/** Undefined for the name of an image that is no distribution's. */
	async function explainDistribution() {
		// One that may not be read is no lock that is not there.
		await exists(lockFile(settings));
		const lock = await attempt(async () => readLock(lockFile(settings)));
		const isLocked = !(lock instanceof BuildError) && has(lock, name);
		if (label !== undefined && !isLocked) {
			return undefined;
		}

		if (lock instanceof BuildError) {
			const near = askFor(nearNames(name, others));
			throw lock.code === 'STX0903' && near !== undefined ? new BuildError('STX0415', `there is no image \`${name}\`, and no lock that could have a wheel of that name`, {at: lock.at, hint: near}) : lock;
		}

		const prepared = await attempt(async () => prepareLoadbuild(request, effects));
		const inputs = prepared instanceof BuildError ? undefined : prepared.wheels?.inputs;
		const wheel = explainWheel(name, lock, inputs, others);
		const made = await explainWheelStep(wheel, prepared, memory);
		const stale = await checkLock(lock, request, effects);
		return {
			explained: {...wheel, ...(made && {made})},
			notes: [
				...(prepared instanceof BuildError ? [formatUnknown(`what the inputs say of \`${wheel.name}\`, and whether it is to be made anew,`, prepared)] : []),
				...(stale === undefined ? [] : [stale]),
			],
		};
	}

	/** What the work gives, or what keeps it from being done. */
	async function attempt<T>(work: () => Promise<T>): Promise<T | BuildError> {
		try {
			return await work();
		} catch (error) {
			if (!(error instanceof BuildError) || effects.signal.aborted) {
				throw error;
			}

			return error;
		}
	}
}

function has({packages, buildPackages}: Lock, text: string): boolean {
	const name = normalizeName(text);
	return [...packages, ...buildPackages].some(item => item.name === name);
}

/** Why the one image of a plan is made, and what follows it. */
async function explainSteps(plan: Plan, memory: Memory): Promise<readonly StepReason[]> {
	const image = plan.steps.find(step => buildsImage(step))!;
	const label = image.id.slice('image:'.length);
	const followers = plan.steps.filter(({id}) => partsBehind.some(part => id === `${part}:${label}`));
	return [await explainStep(image, plan, memory), ...telling(await Promise.all(followers.map(async step => explainStep(step, plan, memory))))];
}

/** Why an image that cannot be planned was made, and what follows it. */
async function recallSteps(label: string, memory: Memory): Promise<readonly StepReason[]> {
	const image = await recallReason({id: `image:${label}`, title: `build ${label}`}, memory);
	return [image, ...telling(await Promise.all(partsBehind.map(async part => recallReason({id: `${part}:${label}`, title: `${part} ${label}`}, memory))))];
}

/** What follows an image is done again with it: only what else makes that be done has something to say. */
const telling = (reasons: readonly StepReason[]): readonly StepReason[] => reasons.filter(({changes}) => changes?.some(({part}) => !keysOfStepsBefore.has(part)));

/** The steps behind the build of an image, as their ids begin. */
const partsBehind = ['verify', 'tag', 'record', 'push'];

/** Parts of their keys that are the key of the step before. */
const keysOfStepsBefore: ReadonlySet<string> = new Set(['image', 'verify', 'tag']);

/** Undefined for what is only installed for builds. */
async function explainWheelStep({name, versions}: WheelExplanation, prepared: Prepared | BuildError, memory: Memory): Promise<StepReason | undefined> {
	const subject = `wheel:${name}`;
	const version = versions.find(({inTarball}) => inTarball)?.version;
	if (prepared instanceof BuildError) {
		return version === undefined ? undefined : recallReason({id: subject, subject, title: `${name} ${version}`}, memory);
	}

	const step: Step | undefined = prepared.plan.steps.find(each => each.subject === subject);
	return step && explainStep(step, prepared.plan, memory);
}
