/** From the lock to steps. Pure. */
import {BuildError, throwProblems} from '../errors.js';
import {suggestNames} from '../near-names.js';
import {keyed, type Key, type Step} from '../plan/index.js';
import {normalizeName, parseRequirement, type NormalizedName} from '../python/index.js';
import {planBuild, usualBudget, type BuildBudget} from './build/plan-build.js';
import {
	localWheelsLabel, ownLabels, wheelListLabel, type WheelInputs,
} from './inputs/inputs.js';
import {
	buildPackage, byName, leftOutOf, wheelsOfImage, type Lock, type LockedFile, type LockedPackage,
} from './lock/lock.js';
import {
	fetchId, planFetch, planTake, planTree, stepId, versionVariables,
} from './plan-sources.js';
import type {
	BuilderInputs, BuildInputs, TarballInputs, WheelRef,
} from './step-inputs.js';

export type PlanWheelsRequest = {
	readonly inputs: WheelInputs;
	readonly lock: Lock;
	/** The images whose needs the tarball holds; with the wheel list and the local modules. */
	readonly labels: readonly string[];
	/** The base image: of a step in the plan, or an image that is there. */
	readonly base: {readonly step: string; readonly key: Key} | {readonly reference: string; readonly id: string};
	/** Where the tarball goes. */
	readonly tarball: string;
	/** Wheels to make, by name; without it, all of them and the tarball. */
	readonly only?: readonly string[];
	/** Whether the user asked for the wheels, and not only for what needs them. */
	readonly target?: boolean;
	readonly budget?: BuildBudget;
};

export type WheelPlan = {
	readonly steps: readonly Step[];
	/** @throws BuildError STX0415 for a distribution that the lock does not have. */
	sourceOf(name: NormalizedName): WheelRef;
	/** The wheels an image needs, by name. */
	wheelsOf(label: string): readonly WheelRef[];
};

/** Where a build takes its project from: the steps that bring it, and what of it counts. */
type BuildSource = {
	readonly needs: readonly string[];
	readonly source: BuildInputs['source'];
	readonly counts: {readonly source: string; readonly basedir?: string};
};

const tarballStep = 'wheels';
const builderStep = 'wheels.builder';

/** Changes when equal inputs would give other bytes. */
const buildRecipe = 4;

/**
Plans what makes the wheels of a lock: `wheels.fetch` for each file, `wheels.git` for each project at a commit,
`wheels.take` for each wheel of this machine, `wheels.builder` and `wheels.build` where something is built, and
`wheels.tarball`.

A build's key has the digest of its source, of every wheel of its environment, its variables and the builder. So a
changed line of input changes the keys of that wheel and of what is built with it, and no others.

@throws BuildError STX0415 for each name of `only` that the lock does not have.
*/
export function planWheels(request: PlanWheelsRequest): WheelPlan {
	const {inputs, lock, labels, base, only, target = true, budget = usualBudget} = request;
	const steps = new Map<string, Step>();
	const modules = new Map(inputs.modules.map(module => [module.name, module]));
	const uvHashes = inputs.toolchain.find(pin => pin.name === 'uv')?.sha256 ?? [];
	const builds = new Map(lock.builds.map(build => [`${build.name}==${build.version}`, build]));
	const wanted = only === undefined ? undefined : new Set(only.map(name => normalizeName(name)));
	const packages = new Map(lock.packages.map(item => [item.name, item]));
	const labelled = [...new Set([...labels, ...ownLabels])].filter(label => Object.hasOwn(lock.roots, label));
	const members = byName([...new Map(labelled.flatMap(label => wheelsOfImage(lock, label)).map(item => [item.name, item])).values()]);
	throwProblems([...wanted ?? []].filter(name => members.every(item => item.name !== name)).map(name => new BuildError('STX0415', `\`${name}\` is not one of the ${members.length} wheels`, {hint: suggestNames(name, members.map(item => item.name), '`stx-build wheels list` has their names')})));

	const isTarget = (item: LockedPackage): boolean => target && wanted?.has(item.name) === true;
	for (const item of members) {
		if (wanted === undefined || wanted.has(item.name)) {
			stepOf(item);
		}
	}

	if (wanted === undefined) {
		const wheels = members.map(({name, version}) => ({name, version, step: stepOf(packages.get(name)!).id}));
		const isClosed = (label: string, text: string): boolean => ![wheelListLabel, localWheelsLabel].includes(label) || !lock.unclosed.includes(parseRequirement(text).normalized);
		const roots = Object.fromEntries(labelled.map(label => [label, lock.roots[label]!.filter(text => isClosed(label, text))]));
		const leftOut = [...inputs.leftOut, ...leftOutOf(lock, inputs.wheelList)];
		const tarball: TarballInputs = {
			file: request.tarball, lockInputs: lock.inputs, globalRequirements: inputs.globalRequirements, wheels, roots, leftOut, unclosed: lock.unclosed,
		};
		add({
			id: tarballStep,
			kind: 'wheels.tarball',
			title: `pack the wheels tarball (${wheels.length} wheels)`,
			needs: wheels.map(({step}) => step),
			...keyed({
				kind: 'wheels.tarball',
				wheels: Object.fromEntries(wheels.map(({name, version, step}) => [name, [version, steps.get(step)!.key]])),
				roots,
				globalRequirements: inputs.globalRequirements,
				constraints: inputs.constraints.lines.map(({text}) => text),
				leftOut: leftOut.map(({wheel, code, message}) => ({wheel, code, message})),
				unclosed: lock.unclosed,
			}),
			inputs: tarball,
			uses: 'none',
			weight: 1 + Math.ceil(wheels.length / 100),
			...(target && {target: true}),
		});
	}

	const sourceOf = (name: NormalizedName): WheelRef => {
		const item = packages.get(name);
		if (!item) {
			throw new BuildError('STX0415', `\`${name}\` is not one of the locked distributions`);
		}

		return {name, version: item.version, step: stepId(item)};
	};

	const subjects = new Map(members.map(item => [stepId(item), `wheel:${item.name}`]));
	return {
		steps: [...steps.values()].map(step => ({...step, ...(subjects.has(step.id) && {subject: subjects.get(step.id)!})})),
		sourceOf,
		wheelsOf: label => wheelsOfImage(lock, label).map(({name}) => sourceOf(name)),
	};

	function add(step: Omit<Step, 'group'>): Step {
		const whole: Step = {...step, group: 'wheels'};
		steps.set(step.id, whole);
		return whole;
	}

	/** The step that gives the wheel of a distribution, added to the plan with what it needs. */
	function stepOf(item: LockedPackage): Step {
		const known = steps.get(stepId(item));
		if (known) {
			return isTarget(item) && !known.target ? add({...known, target: true}) : known;
		}

		const {source} = item;
		if (source.kind === 'wheel') {
			return addFetch(source.file, isTarget(item));
		}

		return source.kind === 'local' ? add({...planTake(source), ...(isTarget(item) && {target: true})}) : addBuild(item);
	}

	/** Where a build takes its project from: the step that brings it, where one does, and what of it counts. */
	function sourceOfBuild(item: LockedPackage): BuildSource {
		const {name, source} = item;
		if (source.kind === 'sdist') {
			const {id} = addFetch(source.file, false);
			const inside = source.basedir === undefined ? {} : {basedir: source.basedir};
			return {needs: [id], source: {step: id, ...inside}, counts: {source: source.file.sha256, ...inside}};
		}

		if (source.kind === 'git') {
			const {id} = add(planTree(item, source));
			const {commit, subfolder} = source;
			return {needs: [id], source: {tree: id, subfolder}, counts: {source: commit, basedir: subfolder}};
		}

		const module = modules.get(name);
		if (!module) {
			throw new BuildError('STX0408', `\`${name}\` is locked as a local module, and there is none of that name`, {hint: 'list it in wheels/modules.ini, or run without --frozen'});
		}

		const {folder, digest} = module;
		return {needs: [], source: {folder, digest}, counts: {source: digest}};
	}

	function addFetch(file: LockedFile, asked: boolean): Step {
		return steps.get(fetchId(file)) ?? add({...planFetch(file), ...(asked && {target: true})});
	}

	function addBuild(item: LockedPackage): Step {
		const {name, version, source} = item;
		const settings = inputs.buildSettings.get(name);
		const tools = builds.get(`${name}==${version}`)?.environment ?? [];
		const environment = tools.map(tool => {
			const found = buildPackage(lock, tool.name, tool.version);
			if (!found) {
				throw new BuildError('STX0408', `the lock has no file for \`${tool.name}\` ${tool.version}, which the build of \`${name}\` needs`, {hint: 'take the lock out of the way: the next run without --frozen makes a new one'});
			}

			return stepOf(found);
		});
		const project = sourceOfBuild(item);
		const {
			limits, patches, takes, weight,
		} = planBuild(item, settings, budget, inputs.wheelList.find(entry => entry.name === name)?.wheel);
		const environmentBuilder = addBuilder();
		const builder = settings?.systemPackages ? addBuilderWith(settings.systemPackages) : environmentBuilder;
		const build: BuildInputs = {
			name,
			version,
			source: project.source,
			environment: environment.map(({id}) => id),
			env: {...(source.kind !== 'sdist' && versionVariables(name, version)), ...settings?.env},
			patches,
			builder: builder.id,
			environmentBuilder: environmentBuilder.id,
			recipe: inputs.builderFolder,
			...limits,
		};
		return add({
			id: stepId(item),
			kind: 'wheels.build',
			title: `build ${name} ${version}`,
			needs: [...new Set([builder.id, environmentBuilder.id]), ...project.needs, ...environment.map(({id}) => id)],
			...keyed({
				kind: 'wheels.build',
				recipe: [buildRecipe, inputs.builderRecipe],
				name,
				version,
				...project.counts,
				environment: Object.fromEntries(tools.map((tool, index) => [tool.name, [tool.version, environment[index]!.key]])),
				env: build.env,
				patches: patches.map(({digest}) => digest),
				builder: builder.key,
				uv: uvHashes,
			}),
			inputs: build,
			uses: 'cpu',
			takes,
			weight,
			...(isTarget(item) && {target: true}),
		});
	}

	function addBuilder(): Step {
		return steps.get(builderStep) ?? planBuilder(builderStep, 'build the container that wheels are built in', {base, packages: inputs.builderPackages});
	}

	/** The builder with more packages, for those that need them: a change of these rebuilds nothing else. */
	function addBuilderWith(packages: readonly string[]): Step {
		const id = `${builderStep}:${packages.join(',')}`;
		const {id: step, key} = addBuilder();
		return steps.get(id) ?? planBuilder(id, `add ${packages.join(', ')} to the container`, {base: {step, key}, packages});
	}

	function planBuilder(id: string, title: string, {base: from, packages}: {readonly base: PlanWheelsRequest['base']; readonly packages: readonly string[]}): Step {
		const builder: BuilderInputs = {
			base: 'step' in from ? {step: from.step} : {reference: from.reference},
			packages,
			folder: inputs.builderFolder,
			python: inputs.target.python,
		};
		return add({
			id,
			kind: 'wheels.builder',
			title,
			needs: 'step' in from ? [from.step] : [],
			...keyed({
				kind: 'wheels.builder', base: 'step' in from ? from.key : from.id, packages, recipe: inputs.builderRecipe, python: inputs.target.python,
			}),
			inputs: builder,
			uses: 'network',
			weight: id === builderStep ? 40 : 15,
		});
	}
}
