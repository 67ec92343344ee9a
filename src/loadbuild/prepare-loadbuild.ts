/**
From a request to a plan: reads all inputs, finds all that is wrong with them at once, brings the lock up to date, and
puts the steps of the domains together.
*/
import path from 'node:path';
import {
	baseStep, planBase, readBaseRecipe, type BaseRecipe,
} from '../base/index.js';
import {BuildError, collect, throwProblems} from '../errors.js';
import {
	imageRoots, planImages, planImageTags, readDialect, readDirectives, selectImages, type DialectData, type Directive, type TagOptions,
} from '../images/index.js';
import {
	checkPlan, type Handlers, type Plan, type Step,
} from '../plan/index.js';
import {createPypiClient, type PypiClient} from '../pypi/index.js';
import {
	lockWheels, openTarball, planWheels, readWheelInputs, wheelsOfTarball, type WheelInputs, type WheelRef, type WheelRoots,
} from '../wheels/index.js';
import {lockFile, wheelsTarball, type Settings} from '../workspace/index.js';
import {readGeneration} from './base-generation.js';
import {makeHandlers} from './make-handlers.js';
import type {Effects, LoadbuildRequest} from './request.js';
import {inspectTarball, type WorkspaceTarball} from './workspace-tarball.js';

export type Prepared = {
	readonly settings: Settings;
	readonly plan: Plan;
	readonly handlers: Handlers;
	/** Which making of the base image counts. */
	readonly generation: string;
};

/** All that was read, before anything is planned. */
type Inputs = {
	readonly base: BaseRecipe;
	readonly directives: readonly Directive[];
	readonly dialect: DialectData | undefined;
	readonly wheels: WheelInputs | undefined;
	/** Tarball in the workspace; `none` where it does not matter. */
	readonly tarball: WorkspaceTarball;
};

/**
Reads everything that a request needs and plans it. Nothing is built; the lock is brought up to date where the plan
makes wheels.

@throws BuildError with all that is wrong with the inputs.
*/
export async function prepareLoadbuild(request: LoadbuildRequest, effects: Effects): Promise<Prepared> {
	const {settings} = request;
	const {store, clock} = effects;
	const inputs = await readInputs(request);
	const pypi = createIndexClient(settings, effects);
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
	const steps = markTargets([...base, ...wheels?.steps ?? [], ...images], request.parts);
	const plan: Plan = {version: 1, steps};
	checkPlan(plan);
	return {
		settings, plan, generation, handlers: makeHandlers({
			request, effects, pypi, wheelInputs: inputs.wheels,
		}),
	};
}

async function readInputs({settings, folders, parts, select, workingFolder, wheels}: LoadbuildRequest): Promise<Inputs> {
	const problems: BuildError[] = [];
	const attempt = async <T>(reading: Promise<T>): Promise<T | undefined> => reading.catch((error: unknown) => {
		if (!(error instanceof BuildError)) {
			throw error;
		}

		problems.push(error);
		return undefined;
	});
	const files = (select?.directiveFiles ?? []).map(file => path.resolve(workingFolder, file));
	const needsWheels = parts.wheels || parts.images;
	const [base, directives, dialect, wheelInputs] = await Promise.all([
		attempt(readBaseRecipe(folders, settings)),
		needsWheels ? attempt(readSelected()) : [],
		needsWheels ? attempt(readDialect(folders, settings.dialect)) : undefined,
		needsWheels ? attempt(readWheelInputs(folders, settings)) : undefined,
	]);
	throwProblems(problems);
	const tarball = parts.images && !parts.wheels && wheels?.file === undefined ? await inspectTarball(wheelsTarball(settings)) : {state: 'none' as const};
	return {
		base: base!, directives: directives!, dialect, wheels: wheelInputs, tarball,
	};

	async function readSelected(): Promise<readonly Directive[]> {
		const all = await readDirectives(folders, files);
		// Who names directive files and no service means these files.
		const only = select?.only ?? [];
		return only.length === 0 && files.length > 0
			? selectImages(all.filter(({file}) => files.includes(file)), {skip: select?.skip ?? []})
			: selectImages(all, {only, skip: select?.skip ?? []});
	}
}

/** What the images need of the wheels. @throws BuildError with all for which any of them cannot be built, or tagged, before the lock is made. */
function rootsOf({settings, parts}: LoadbuildRequest, directives: readonly Directive[], dialect: DialectData, tagging: TagOptions): readonly WheelRoots[] {
	const problems: BuildError[] = [];
	const roots = directives.flatMap(directive => collect(problems, () => imageRoots(directive, dialect)) ?? []);
	if (parts.images) {
		for (const directive of directives) {
			collect(problems, () => planImageTags(directive, settings, tagging));
		}
	}

	throwProblems(problems);
	return roots;
}

type Supply = {
	readonly steps: readonly Step[];
	of(label: string): readonly WheelRef[];
};

/** Where the images take their wheels from: a tarball that is there, or steps that make them. */
async function supplyWheels({request, effects, pypi, inputs, roots, base}: {
	readonly request: LoadbuildRequest; readonly effects: Effects; readonly pypi: PypiClient;
	readonly inputs: Inputs & {readonly wheels: WheelInputs}; readonly roots: readonly WheelRoots[]; readonly base: Step;
}): Promise<Supply> {
	const {settings, parts, wheels, workingFolder} = request;
	const {store, reporter, run, machine, signal} = effects;
	const {tarball} = inputs;
	const file = wheels?.file === undefined ? wheelsTarball(settings) : path.resolve(workingFolder, wheels.file);
	if (wheels?.file !== undefined || tarball.state === 'foreign') {
		if (tarball.state === 'foreign') {
			reporter.event({type: 'note', message: `${file} is not as stx-build made it: taken as it is`});
		}

		const set = await openTarball(file, {store, target: inputs.wheels.target, folder: settings.cache});
		const closures = wheelsOfTarball(set, roots, inputs.wheels.target);
		return {steps: [], of: label => closures.get(label) ?? []};
	}

	const lock = await lockWheels(inputs.wheels, roots, {
		file: lockFile(settings), write: !request.dryRun, frozen: wheels?.frozen ?? false, fromSource: fromSourceOf(wheels?.fromSource),
	}, {
		pypi, store, run, network: settings, cache: settings.cache, machine, signal, note(message) {
			reporter.event({type: 'note', message});
		},
	});
	const labels = roots.map(({label}) => label);
	const plan = planWheels({
		inputs: inputs.wheels,
		lock,
		// A run for one image does not take the wheels of others out of the tarball.
		labels: tarball.state === 'own' ? [...new Set([...tarball.labels, ...labels])] : labels,
		base: {step: base.id, key: base.key},
		tarball: file,
		...(wheels?.only && wheels.only.length > 0 && {only: wheels.only}),
		target: parts.wheels || parts.images,
	});
	return {steps: plan.steps, of: label => plan.wheelsOf(label)};
}

/** Whether all images are asked for, and not a choice of them. */
const isWhole = ({select}: LoadbuildRequest): boolean => [select?.only, select?.skip, select?.directiveFiles].every(list => list === undefined || list.length === 0);

/** StarlingX's version of a build that was given none: the time, in UTC, as `2026.11.20.18.05`. */
const formatVersion = (time: Date): string => time.toISOString().slice(0, 16).replaceAll(/\D/g, '.');

const fromSourceOf = (names: readonly string[] = []) => (names.includes('all') ? 'all' as const : names);

/** The base image is what was asked for only where its part was; otherwise it is made when something needs it. */
function markTargets(steps: readonly Step[], parts: LoadbuildRequest['parts']): readonly Step[] {
	return parts.base ? steps.map(step => (step.id === baseStep ? {...step, target: true} : step)) : steps;
}

function createIndexClient({index, cache, offline}: Settings, {http, store, clock, retry, reporter}: Effects): PypiClient {
	return createPypiClient({
		http, index, store, cache: path.join(cache, 'pypi'), offline, clock, retry, warn(message) {
			reporter.event({type: 'warning', message});
		},
	});
}
