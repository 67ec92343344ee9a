/** From a directive of the builders docker and script to the build of its image. Pure. */
import {BuildError} from '../../errors.js';
import {maskSecrets} from '../../mask-secrets.js';
import {keyed, type Json, type Step} from '../../plan/index.js';
import {
	locationOf, wordsOf, type Directive,
} from '../directives/directive.js';
import type {PlannedFile} from '../image-steps.js';
import type {ImageTags} from '../publish/plan-image-tags.js';
import {takesBase, takesWheels} from './builder-needs.js';
import type {
	BuilderSource, BuilderSources, TarballSource, WantedTree,
} from './builder-source.js';
import type {
	DockerImageInputs, ImageTryInputs, PlannedTree, ScriptImageInputs,
} from './builder-steps.js';
import {isPostbuilt, postbuildOf} from './format-postbuild.js';

/** A commit of a repository, and the step that brings its tree. */
export type TreeStep = {readonly step: Pick<Step, 'id' | 'key'>; readonly commit: string};

export type BuilderRequest = {
	readonly builders: BuilderSources;
	readonly base: Pick<Step, 'id' | 'key'>;
	/** The tarball that images get which take wheels as a whole. */
	readonly tarball?: TarballSource | undefined;
	treeOf(tree: WantedTree): TreeStep;
	/** Whether scripts may run on this machine itself. */
	readonly allowHostScripts: boolean;
};

/** What of a step is not the same for every image. */
export type PlannedBuild = Pick<Step, 'key' | 'parts' | 'needs' | 'uses' | 'weight'> & {readonly kind: string; readonly inputs: Json};

/** Counted up when the same inputs give another image because stx-build itself changed. */
const recipeVersion = 2;

/** Changes when images are tried in another way, or more is said of it: what was found before does not count then. */
const tryVersion = 4;

/**
Plans the build of an image with its own Dockerfile or script.

The key holds the files of the context, or the commit and the patches; the base image and the wheels tarball where they
are used; and what is done after the build. Images that a Dockerfile fetches itself are not in it: what they were is in
the record.

@throws BuildError STX0607 when wheels are wanted, and there are none.
*/
export function planBuilderImage(directive: Directive, request: BuilderRequest, places: {readonly tags: ImageTags; readonly context: string; readonly log: string}): PlannedBuild {
	const source = request.builders.sources.get(directive.label)!;
	return source.kind === 'script' ? planScript(directive, source, {request, places}) : planDocker(directive, source, {request, places});
}

type Surroundings = {readonly request: BuilderRequest; readonly places: Parameters<typeof planBuilderImage>[2]};

function planDocker(directive: Directive, source: Exclude<BuilderSource, {kind: 'script'}>, {request, places}: Surroundings): PlannedBuild {
	const tree = source.kind === 'repository' ? request.treeOf(source.tree) : undefined;
	const base = takesBase(source) ? request.base : undefined;
	const wheels = takesWheels(source) ? wheelsFor(directive, request) : undefined;
	const common = planCommon(directive, request);
	const inputs: DockerImageInputs = {
		...places,
		...common.inputs,
		builder: 'docker',
		base: base?.id ?? null,
		source: source.kind === 'folder'
			? {
				kind: 'folder', context: source.context, digest: source.digest, dockerfile: source.dockerfile,
			}
			: {kind: 'repository', place: source.place ?? null, ...plannedTree(source.tree, tree!)},
		wheels: wheels === undefined ? null : ('step' in wheels ? {name: wheels.name, step: wheels.step} : wheels),
	};
	return {
		kind: 'image.docker',
		...keyed({
			image: recipeVersion,
			builder: 'docker',
			...(source.kind === 'folder'
				? {context: source.digest, dockerfile: source.dockerfile.digest}
				: {
					repository: maskSecrets(source.tree.url), commit: tree!.commit, patches: digestsOf(source.tree.patches), ...(source.place && {place: source.place}),
				}),
			base: base?.key,
			wheels: wheels && ('step' in wheels ? wheels.key : wheels.digest),
			...common.key,
		}),
		needs: [...(base ? [base.id] : []), ...(tree ? [tree.step.id] : []), ...(wheels && 'step' in wheels ? [wheels.step] : [])],
		inputs,
		uses: 'cpu',
		weight: 60,
	};
}

function planScript(directive: Directive, {tree: wanted, script, place}: Extract<BuilderSource, {kind: 'script'}>, {request, places}: Surroundings): PlannedBuild {
	const tree = request.treeOf(wanted);
	const base = request.allowHostScripts ? undefined : request.base;
	const args = wordsOf(directive, 'ARGS');
	const common = planCommon(directive, request);
	const inputs: ScriptImageInputs = {
		...places, ...common.inputs, builder: 'script', base: base?.id ?? null, source: plannedTree(wanted, tree), script, place, args, onHost: request.allowHostScripts,
	};
	return {
		kind: 'image.script',
		...keyed({
			image: recipeVersion, builder: 'script', script: script.digest, arguments: args, repository: maskSecrets(wanted.url), commit: tree.commit, patches: digestsOf(wanted.patches), base: base?.key, ...common.key,
		}),
		needs: [...(base ? [base.id] : []), tree.step.id],
		inputs,
		uses: 'cpu',
		weight: 120,
	};
}

function planCommon(directive: Directive, {builders: {postbuild: postbuildScript}}: BuilderRequest) {
	const postbuild = postbuildOf(directive);
	return {
		inputs: {
			label: directive.label, directive: directive.file, postbuild, postbuildScript,
		},
		key: isPostbuilt(postbuild) ? {postbuild: {...postbuild, script: postbuildScript.digest}} : {},
	};
}

function wheelsFor(directive: Directive, {tarball}: BuilderRequest): TarballSource {
	if (tarball === undefined) {
		throw new BuildError('STX0607', `the Dockerfile of \`${directive.label}\` takes \`WHEELS\`, and there is no wheels tarball`, {at: locationOf(directive, 'LABEL'), hint: 'name one with --wheels'});
	}

	return tarball;
}

const plannedTree = ({url, patches}: WantedTree, {step, commit}: TreeStep): PlannedTree => ({
	step: step.id, url: maskSecrets(url), commit, patches,
});

const digestsOf = (files: readonly PlannedFile[]): readonly string[] => files.map(({digest}) => digest);

/** How an image is tried of which only the directive's wishes for after the build are known. */
export function planTry(directive: Directive, {builders: {tester}}: Pick<BuilderRequest, 'builders'>, {build, log}: {readonly build: Pick<Step, 'id' | 'key'>; readonly log: string}): PlannedBuild {
	const {osPackages: packages, pythonPackages: distributions} = postbuildOf(directive);
	const absent = {packages, distributions};
	const {setup} = directive.verify;
	const inputs: ImageTryInputs = {
		label: directive.label, directive: directive.file, build: build.id, tester, absent, setup, specFile: directive.verifyFile ?? null, log,
	};
	return {
		kind: 'image.try',
		...keyed({
			try: tryVersion, image: build.key, tester: tester.digest, absent, ...(setup.length > 0 && {setup}),
		}),
		needs: [build.id],
		inputs,
		uses: 'cpu',
		weight: 5,
	};
}
