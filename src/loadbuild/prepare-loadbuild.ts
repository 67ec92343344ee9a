/**
From a request to a plan: reads all inputs, finds all that is wrong with them at once, brings the lock up to date, and
puts the steps of the domains together.
*/
import path from 'node:path';
import {Readable} from 'node:stream';
import {
	baseStep, planBase, planBaseTags, type BaseRequest,
} from '../base/index.js';
import {planImages, type TagOptions} from '../images/index.js';
import {
	checkPlan, neededSteps, type Digest, type Handlers, type Plan, type Step,
} from '../plan/index.js';
import type {PypiClient} from '../pypi/index.js';
import {
	openTarball, planChecks, planPush, planRebuilds, planWheels, readExceptions, usableWheels, wheelsOfTarball, type Lock, type WheelInputs, type WheelRef, type WheelRoots,
} from '../wheels/index.js';
import type {Clock} from '../system/index.js';
import {
	imagesFolder, osName, wheelsTarball, type Settings,
} from '../workspace/index.js';
import {readGeneration, type Generation} from './base-generation.js';
import {bringBase, checkReferences} from './bring-base.js';
import {bringLock, takeLock} from './bring-lock.js';
import {bringTarball} from './bring-tarball.js';
import {createIndexClient} from './index-client.js';
import {makeHandlers} from './make-handlers.js';
import {readInputs, rootsOf, type Inputs} from './read-inputs.js';
import type {Effects, LoadbuildRequest} from './request.js';
import {supplyOthers, tarballSource} from './supply-others.js';

export type Prepared = {
	readonly settings: Settings;
	readonly plan: Plan;
	readonly handlers: Handlers;
	/** Which making of the base image counts. */
	readonly generation: Generation;
	/** Undefined where no wheels are made. */
	readonly wheels?: {readonly inputs: WheelInputs; readonly lock: Lock};
};

/**
Reads everything that a request needs and plans it. Nothing is built; the lock is brought up to date where the plan
makes wheels.

@throws BuildError with all that is wrong with the inputs.
*/
export async function prepareLoadbuild(asked: LoadbuildRequest, effects: Effects): Promise<Prepared> {
	const {settings} = asked;
	const {clock} = effects;
	checkReferences(asked);
	const pypi = createIndexClient(settings, effects);
	const request = await bringTarball(asked, effects, pypi);
	const inputs = await readInputs(request, effects, pypi);
	const from = baseSource(request);
	const generation = await bringGeneration(request, from, effects);
	const found = await bringBase(request, effects);
	const base = planBase({
		...settings, ...request.base, from, recipe: inputs.base, repositories: inputs.repositories, naming: planNaming(request, inputs), generation: generation.name, found,
	});
	const lastOfBase = base.find(({id}) => id === baseStep)!;
	const tagging = tagOptions(request, clock);
	const roots = rootsOf(request, inputs, tagging);
	const wheels = inputs.wheels && await supplyWheels({
		request, effects, pypi, inputs: {...inputs, wheels: inputs.wheels}, roots, base: lastOfBase,
	});
	const others = request.parts.images && inputs.builders
		? supplyOthers(inputs.builders, {
			images: request.images, pinned: inputs.sources.pinned, tarball: inputs.takesTarball && wheels ? await tarballSource(wheels.steps.find(({kind}) => kind === 'wheels.tarball'), tarballFile(request), effects) : undefined,
		})
		: undefined;
	const images = request.parts.images
		? planImages({
			settings,
			directives: inputs.directives,
			dialect: inputs.dialect,
			base: lastOfBase,
			sources: inputs.sources,
			others: others?.others,
			wheelsOf: label => wheels?.of(label) ?? [],
			wheelSteps: wheels?.steps ?? [],
			push: request.images?.push ?? false,
			...(request.images?.pushing && {pushing: request.images.pushing}),
			...tagging,
			resetLists: isWhole(request),
		})
		: [];
	const more = wheels && await planMore(request, {
		wheels, roots, base: lastOfBase, now: formatVersion(clock.now()),
	});
	const steps = markTargets([...base, ...wheels?.steps ?? [], ...more ?? [], ...bySource([...inputs.sources.steps, ...others?.steps ?? []]), ...images], request.parts);
	checkPlan({version: 1, steps});
	const plan: Plan = {version: 1, steps: neededSteps(steps)};
	return {
		settings, plan, generation, handlers: makeHandlers({
			request, effects, pypi, wheelInputs: inputs.wheels,
		}),
		...(wheels?.made && {wheels: wheels.made}),
	};
}

/** Which making of the base image counts. An image that is taken as it is has none to be made anew. */
async function bringGeneration({settings, base}: LoadbuildRequest, from: string | undefined, {store, clock, reporter}: Effects): Promise<Generation> {
	const isAnew = base?.refresh === true && base.image === undefined;
	const generation = await readGeneration({...settings, from}, store, isAnew ? clock.now() : undefined);
	if (generation.state === 'begun') {
		reporter.event({type: 'note', message: `a run that has not come to its end began the new base image at ${generation.name}: this one goes on with it`});
	}

	return generation;
}

type Supply = {
	readonly steps: readonly Step[];
	of(label: string): readonly WheelRef[];
	/** What they are made from; undefined for a tarball that is taken as it is. */
	readonly made?: {readonly inputs: WheelInputs; readonly lock: Lock};
	/** Of a tarball that is taken as it is. */
	readonly constraints?: Digest;
};

/** What else is done with wheels: they are pushed, checked, or built once more. */
async function planMore({parts, settings, folders, wheels: asked}: LoadbuildRequest, {wheels, roots, base, now}: {
	readonly wheels: Supply; readonly roots: readonly WheelRoots[]; readonly base: Step; readonly now: string;
}): Promise<readonly Step[]> {
	const packed = wheels.steps.find(({kind}) => kind === 'wheels.tarball');
	return [
		...(asked?.push && packed
			? [planPush({
				...asked.push, tarball: packed, file: wheelsTarball(settings), settings, version: asked.push.version ?? now,
			})]
			: []),
		...(parts.checks
			? planChecks({
				roots, base, wheelsOf: wheels.of, wheelSteps: wheels.steps, constraints: wheels.constraints,
			})
			: []),
		...(parts.rebuilds ? planRebuilds({steps: wheels.steps, names: asked?.rebuild ?? [], exceptions: await readExceptions(folders)}) : []),
	];
}

/** Where the images take their wheels from: a tarball that is there, or steps that make them. */
async function supplyWheels({request, effects, pypi, inputs, roots, base}: {
	readonly request: LoadbuildRequest; readonly effects: Effects; readonly pypi: PypiClient;
	readonly inputs: Inputs & {readonly wheels: WheelInputs}; readonly roots: readonly WheelRoots[]; readonly base: Step;
}): Promise<Supply> {
	const {settings, parts, wheels} = request;
	const {store, reporter} = effects;
	const {tarball} = inputs;
	const file = tarballFile(request);
	if (wheels?.file !== undefined || tarball.state === 'foreign') {
		if (tarball.state === 'foreign') {
			reporter.event({type: 'note', message: `${file} is not as stx-build made it: taken as it is`});
		}

		const set = await openTarball(file, {store, target: inputs.wheels.target, folder: settings.cache});
		const {target} = inputs.wheels;
		if (parts.checks) {
			const {digest} = await store.add(Readable.from([set.constraints]));
			const usable = new Map(roots.map(root => [root.label, usableWheels(set, root, target)]));
			return {steps: [], of: label => usable.get(label) ?? [], constraints: digest};
		}

		const closures = wheelsOfTarball(set, roots, target);
		return {steps: [], of: label => closures.get(label) ?? []};
	}

	const lock = wheels?.asLocked
		? await takeLock(settings, roots)
		: await bringLock(inputs.wheels, roots, {
			request, effects, pypi, sources: inputs.sources.locked,
		});
	// A lock that is taken as it is says itself for which images its wheels are.
	const labels = wheels?.asLocked && parts.wheels ? Object.keys(lock.roots) : roots.map(({label}) => label);
	const plan = planWheels({
		inputs: inputs.wheels,
		lock,
		// A run for one image does not take the wheels of others out of the tarball.
		labels: tarball.state === 'own' ? [...new Set([...tarball.labels, ...labels])] : labels,
		base: {step: base.id, key: base.key},
		tarball: file,
		...(wheels?.only && wheels.only.length > 0 && {only: wheels.only}),
		target: parts.wheels || parts.images || parts.checks === true,
		budget: {processors: settings.jobs, memory: settings.memory * 1024, timeoutSeconds: settings.buildTimeout * 60},
	});
	return {steps: plan.steps, of: label => plan.wheelsOf(label), made: {inputs: inputs.wheels, lock}};
}

/** Each source once, whichever builders ask for it. */
const bySource = (steps: readonly Step[]): readonly Step[] => [...new Map(steps.map(step => [step.id, step])).values()];

/** Where the wheels tarball is, or will be. */
const tarballFile = ({settings, wheels, workingFolder}: LoadbuildRequest): string => wheels?.file === undefined ? wheelsTarball(settings) : path.resolve(workingFolder, wheels.file);

/** Whether all images are asked for, and not a choice of them. */
const isWhole = ({select}: LoadbuildRequest): boolean => [select?.only, select?.skip, select?.directiveFiles].every(list => list === undefined || list.length === 0);

/** How the images of a request are tagged. */
export const tagOptions = ({images}: LoadbuildRequest, clock: Clock): TagOptions => ({
	latest: images?.latest ?? false,
	version: images?.version ?? formatVersion(clock.now()),
	...(images?.legacyOsLabel !== undefined && {legacyOsLabel: images.legacyOsLabel}),
});

/** StarlingX's version of a build that was given none: the time, in UTC, as `2026.11.20.18.05`. */
const formatVersion = (time: Date): string => time.toISOString().slice(0, 16).replaceAll(/\D/g, '.');

/** The reference of the image that the base image is made from: without a tag it has that of the version of the OS, where one is given. */
function baseSource({base}: LoadbuildRequest): string | undefined {
	const {from, naming} = base ?? {};
	const isTagged = from !== undefined && /[:@]/v.test(from.slice(from.lastIndexOf('/') + 1));
	return from === undefined || isTagged || naming?.osVersion === undefined ? from : `${from}:${naming.osVersion}`;
}

/** What the base image is called, where that is asked for, and where its record is. */
function planNaming({base, settings}: LoadbuildRequest, {base: {osVersion}}: Inputs): BaseRequest['naming'] {
	const {naming} = base ?? {};
	return naming && {
		tags: planBaseTags({...settings, ...naming, version: naming.version ?? naming.osVersion ?? osVersion}), isVersioned: naming.version !== undefined, push: naming.push, overwrite: naming.overwrite, clean: naming.clean, record: path.join(imagesFolder(settings), `stx-${osName(settings)}-${settings.stream}.json`),
	};
}

/** The base image is what was asked for only where its part was; otherwise it is made when something needs it. */
function markTargets(steps: readonly Step[], parts: LoadbuildRequest['parts']): readonly Step[] {
	return parts.base ? steps.map(step => (step.id === baseStep ? {...step, target: true} : step)) : steps;
}
