/** From the lock to steps. Pure. */
import {BuildError, throwProblems} from '../errors.js';
import {
	keyOf, type Digest, type Json, type Key, type Step,
} from '../plan/index.js';
import {normalizeName, type NormalizedName} from '../python/index.js';
import {
	modulesLabel, wheelListLabel, type WheelInputs,
} from './inputs/inputs.js';
import {
	buildPackage, byName, wheelsOfImage, type Lock, type LockedFile, type LockedPackage,
} from './lock/lock.js';

/** Where a wheel is found: in the result of a step, or in the store. */
export type WheelRef = {readonly name: NormalizedName; readonly version: string} & (
	| {readonly step: string}
	| {readonly filename: string; readonly digest: Digest; readonly size: number}
);

/** The result of a step that gives a file. `metadata` is there for wheels. */
export type FileResult = {
	readonly filename: string;
	readonly digest: Digest;
	readonly size: number;
	readonly metadata?: {
		readonly name: string;
		readonly version: string;
		readonly requiresDist: readonly string[];
	};
};

export type FetchInputs = {readonly file: LockedFile};

export type BuilderInputs = {
	/** Where the base image comes from: the step that makes it, or its reference. */
	readonly base: {readonly step: string} | {readonly reference: string};
	readonly packages: readonly string[];
	/** Folder of the Dockerfile. */
	readonly folder: string;
	readonly python: string;
};

export type BuildInputs = {
	readonly name: NormalizedName;
	readonly version: string;
	/** The sdist's step, or the local module's folder. */
	readonly source: {readonly step: string; readonly basedir?: string} | {readonly folder: string; readonly digest: Digest};
	/** Steps that give the wheels of the build's environment. */
	readonly environment: readonly string[];
	/** Variables of this build alone. */
	readonly env: Readonly<Record<string, string>>;
	readonly recipe: string;
};

export type TarballInputs = {
	readonly file: string;
	readonly lockInputs: Key;
	readonly globalRequirements: string;
	/** The members, with the steps that give them. */
	readonly wheels: ReadonlyArray<{readonly name: NormalizedName; readonly version: string; readonly step: string}>;
	/** Requirements by label, whose closure the tarball must hold. */
	readonly roots: Readonly<Record<string, readonly string[]>>;
};

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
};

export type WheelPlan = {
	readonly steps: readonly Step[];
	/** @throws BuildError STX0415 for a distribution that the lock does not have. */
	sourceOf(name: NormalizedName): WheelRef;
	/** The wheels an image needs, by name. */
	wheelsOf(label: string): readonly WheelRef[];
};

const tarballStep = 'wheels';
const builderStep = 'wheels.builder';

/** Changes when equal inputs would give other bytes. */
const buildRecipe = 1;

/** OpenStack's services, which StarlingX leaves out of the published constraints: images build them at their own version. */
export const servicesLeftOut: ReadonlySet<NormalizedName> = new Set([
	'ceilometer', 'cinder', 'glance', 'gnocchi', 'heat', 'horizon', 'ironic', 'keystone', 'magnum', 'murano', 'neutron', 'nova', 'panko',
].map(name => normalizeName(name)));

/**
Plans what makes the wheels of a lock: `wheels.fetch` for each file, `wheels.builder` and `wheels.build` where something
is built, and `wheels.tarball`.

A build's key has the digest of its source, of every wheel of its environment, its variables and the builder. So a
changed line of input changes the keys of that wheel and of what is built with it, and no others.

@throws BuildError STX0415 for each name of `only` that the lock does not have.
*/
export function planWheels(request: PlanWheelsRequest): WheelPlan {
	const {inputs, lock, labels, base, only, target = true} = request;
	const steps = new Map<string, Step>();
	const modules = new Map(inputs.modules.map(module => [module.name, module]));
	const uvHashes = inputs.toolchain.find(pin => pin.name === 'uv')?.sha256 ?? [];
	const builds = new Map(lock.builds.map(build => [`${build.name}==${build.version}`, build]));
	const wanted = only === undefined ? undefined : new Set(only.map(name => normalizeName(name)));
	const packages = new Map(lock.packages.map(item => [item.name, item]));
	const labelled = [...labels, wheelListLabel, modulesLabel].filter((label, index, all) => Object.hasOwn(lock.roots, label) && all.indexOf(label) === index);
	const members = byName([...new Map(labelled.flatMap(label => wheelsOfImage(lock, label)).map(item => [item.name, item])).values()]);
	throwProblems([...wanted ?? []].filter(name => members.every(item => item.name !== name)).map(name => new BuildError('STX0415', `\`${name}\` is not one of the ${members.length} wheels`, {hint: similar(name, members.map(item => item.name))})));

	const isTarget = (item: LockedPackage): boolean => target && wanted?.has(item.name) === true;
	for (const item of members) {
		if (wanted === undefined || wanted.has(item.name)) {
			stepOf(item);
		}
	}

	if (wanted === undefined) {
		const wheels = members.map(({name, version}) => ({name, version, step: stepOf(packages.get(name)!).id}));
		const roots = Object.fromEntries(labelled.map(label => [label, lock.roots[label]!]));
		const tarball: TarballInputs = {
			file: request.tarball, lockInputs: lock.inputs, globalRequirements: inputs.globalRequirements, wheels, roots,
		};
		add({
			id: tarballStep,
			kind: 'wheels.tarball',
			title: `pack the wheels tarball (${wheels.length} wheels)`,
			needs: wheels.map(({step}) => step),
			key: keyOf({
				kind: 'wheels.tarball',
				wheels: wheels.map(({step}) => steps.get(step)!.key),
				roots,
				globalRequirements: inputs.globalRequirements,
				constraints: inputs.constraints.lines.map(({text}) => text),
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

	return {
		steps: [...steps.values()],
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

		return item.source.kind === 'wheel' ? addFetch(item.source.file, isTarget(item)) : addBuild(item);
	}

	function addFetch(file: LockedFile, asked: boolean): Step {
		const known = steps.get(fetchId(file));
		return known ?? add({
			id: fetchId(file),
			kind: 'wheels.fetch',
			title: `fetch ${file.filename}`,
			needs: [],
			key: keyOf({kind: 'wheels.fetch', filename: file.filename, sha256: file.sha256}),
			inputs: {file} satisfies FetchInputs,
			uses: 'network',
			weight: 1 + Math.round((file.size ?? 0) / 5_000_000),
			...(asked && {target: true}),
		});
	}

	function addBuild(item: LockedPackage): Step {
		const {name, version, source} = item;
		const module = modules.get(name);
		const settings = inputs.buildSettings.get(name);
		const environment = (builds.get(`${name}==${version}`)?.environment ?? []).map(tool => {
			const found = buildPackage(lock, tool.name, tool.version);
			if (!found) {
				throw new BuildError('STX0408', `the lock has no file for \`${tool.name}\` ${tool.version}, which the build of \`${name}\` needs`, {hint: 'take the lock out of the way: the next run without --frozen makes a new one'});
			}

			return stepOf(found);
		});
		const sdist = source.kind === 'sdist' ? addFetch(source.file, false) : undefined;
		if (!sdist && !module) {
			throw new BuildError('STX0408', `\`${name}\` is locked as a local module, and there is none of that name`, {hint: 'list it in wheels/modules.ini, or run without --frozen'});
		}

		const basedir = source.kind === 'sdist' ? source.basedir : undefined;
		const build: BuildInputs = {
			name,
			version,
			source: sdist ? {step: sdist.id, ...(basedir !== undefined && {basedir})} : {folder: module!.folder, digest: module!.digest},
			environment: environment.map(({id}) => id),
			env: {...(module && versionVariables(name, version)), ...settings?.env},
			recipe: inputs.builderFolder,
		};
		const builder = addBuilder();
		return add({
			id: stepId(item),
			kind: 'wheels.build',
			title: `build ${name} ${version}`,
			needs: [builder.id, ...(sdist ? [sdist.id] : []), ...environment.map(({id}) => id)],
			key: keyOf({
				kind: 'wheels.build',
				recipe: [buildRecipe, inputs.builderRecipe],
				name,
				version,
				source: source.kind === 'sdist' ? source.file.sha256 : module!.digest,
				basedir,
				environment: environment.map(({key}) => key).toSorted(),
				env: build.env,
				builder: builder.key,
				uv: uvHashes,
			}),
			inputs: build,
			uses: 'cpu',
			weight: settings && Object.keys(settings.env).length > 0 ? 30 : 8,
			...(isTarget(item) && {target: true}),
		});
	}

	function addBuilder(): Step {
		const builder: BuilderInputs = {
			base: 'step' in base ? {step: base.step} : {reference: base.reference},
			packages: inputs.builderPackages,
			folder: inputs.builderFolder,
			python: inputs.target.python,
		};
		return steps.get(builderStep) ?? add({
			id: builderStep,
			kind: 'wheels.builder',
			title: 'build the container that wheels are built in',
			needs: 'step' in base ? [base.step] : [],
			key: keyOf({
				kind: 'wheels.builder', base: 'step' in base ? base.key : base.id, packages: inputs.builderPackages, recipe: inputs.builderRecipe, python: inputs.target.python,
			}),
			inputs: builder,
			uses: 'network',
			weight: 40,
		});
	}
}

const fetchId = (file: LockedFile): string => `fetch:${file.filename}`;

const stepId = ({name, version, source}: LockedPackage): string => source.kind === 'wheel' ? fetchId(source.file) : `build:${name}-${version}`;

/** How a project that takes its version from git learns it without git: pbr's and setuptools-scm's variables. */
const versionVariables = (name: NormalizedName, version: string): Readonly<Record<string, string>> => ({
	PBR_VERSION: version,
	[`SETUPTOOLS_SCM_PRETEND_VERSION_FOR_${name.replaceAll('-', '_').toUpperCase()}`]: version,
});

function similar(name: string, known: readonly string[]): string {
	const near = known.filter(other => other.includes(name) || name.includes(other)).slice(0, 3);
	return near.length > 0 ? `did you mean ${near.map(other => `\`${other}\``).join(' or ')}?` : 'their names are those of the [[packages]] in the lock, pylock.*.toml';
}
