/**
From a request to a plan: reads all inputs, finds all that is wrong with them at once, brings the lock up to date, and
puts the steps of the domains together.
*/
import path from 'node:path';
import {Readable} from 'node:stream';
import {baseStep, planBase} from '../base/index.js';
import {planImages, type TagOptions} from '../images/index.js';
import {
	checkPlan, type Digest, type Handlers, type Plan, type Step,
} from '../plan/index.js';
import type {PypiClient} from '../pypi/index.js';
import {
	openTarball, planChecks, planPush, planRebuilds, planWheels, readExceptions, usableWheels, wheelsOfTarball, type Lock, type WheelInputs, type WheelRef, type WheelRoots,
} from '../wheels/index.js';
import {wheelsTarball, type Settings} from '../workspace/index.js';
import {readGeneration} from './base-generation.js';
import {bringLock} from './bring-lock.js';
import {createIndexClient} from './index-client.js';
import {makeHandlers} from './make-handlers.js';
import {readInputs, rootsOf, type Inputs} from './read-inputs.js';
import type {Effects, LoadbuildRequest} from './request.js';

export type Prepared = {
	readonly settings: Settings;
	readonly plan: Plan;
	readonly handlers: Handlers;
	/** Which making of the base image counts. */
	readonly generation: string;
	/** Undefined where no wheels are made. */
	readonly wheels?: {readonly inputs: WheelInputs; readonly lock: Lock};
};

/**
Reads everything that a request needs and plans it. Nothing is built; the lock is brought up to date where the plan
makes wheels.

@throws BuildError with all that is wrong with the inputs.
*/
export async function prepareLoadbuild(request: LoadbuildRequest, effects: Effects): Promise<Prepared> {
	const {settings} = request;
	const {store, clock} = effects;
	const pypi = createIndexClient(settings, effects);
	const inputs = await readInputs(request, effects, pypi);
	const generation = await readGeneration(settings, store, request.base?.refresh ? clock.now() : undefined);
	const base = planBase({
		...settings, ...request.base, recipe: inputs.base, generation,
	});
	const lastOfBase = base.at(-1)!;
	const tagging: TagOptions = {latest: request.images?.latest ?? false, version: request.images?.version ?? formatVersion(clock.now())};
	const roots = inputs.dialect ? rootsOf(request, inputs.directives, inputs.dialect, tagging) : [];
	const wheels = inputs.wheels && await supplyWheels({
		request, effects, pypi, inputs: {...inputs, wheels: inputs.wheels}, roots, base: lastOfBase,
	});
	const images = request.parts.images && inputs.dialect && wheels
		? planImages({
			settings,
			directives: inputs.directives,
			dialect: inputs.dialect,
			base: lastOfBase,
			wheelsOf: wheels.of,
			wheelSteps: wheels.steps,
			push: request.images?.push ?? false,
			...tagging,
			resetLists: isWhole(request),
		})
		: [];
	const more = wheels && await planMore(request, {
		wheels, roots, base: lastOfBase, now: formatVersion(clock.now()),
	});
	const steps = markTargets([...base, ...wheels?.steps ?? [], ...more ?? [], ...images], request.parts);
	const plan: Plan = {version: 1, steps};
	checkPlan(plan);
	return {
		settings, plan, generation, handlers: makeHandlers({
			request, effects, pypi, wheelInputs: inputs.wheels,
		}),
		...(wheels?.made && {wheels: wheels.made}),
	};
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
	const {settings, parts, wheels, workingFolder} = request;
	const {store, reporter} = effects;
	const {tarball} = inputs;
	const file = wheels?.file === undefined ? wheelsTarball(settings) : path.resolve(workingFolder, wheels.file);
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

	const lock = await bringLock(inputs.wheels, roots, {request, effects, pypi});
	const labels = roots.map(({label}) => label);
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

/** Whether all images are asked for, and not a choice of them. */
const isWhole = ({select}: LoadbuildRequest): boolean => [select?.only, select?.skip, select?.directiveFiles].every(list => list === undefined || list.length === 0);

/** StarlingX's version of a build that was given none: the time, in UTC, as `2026.11.20.18.05`. */
const formatVersion = (time: Date): string => time.toISOString().slice(0, 16).replaceAll(/\D/g, '.');

/** The base image is what was asked for only where its part was; otherwise it is made when something needs it. */
function markTargets(steps: readonly Step[], parts: LoadbuildRequest['parts']): readonly Step[] {
	return parts.base ? steps.map(step => (step.id === baseStep ? {...step, target: true} : step)) : steps;
}
