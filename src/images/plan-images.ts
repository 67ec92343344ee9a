/** From directives to steps. Pure. */
import path from 'node:path';
import {collect, throwProblems, type BuildError} from '../errors.js';
import {
	keyed, type Json, type Key, type Step,
} from '../plan/index.js';
import {normalizeName} from '../python/index.js';
import type {WheelRef} from '../wheels/index.js';
import {imagesFolder, type Settings} from '../workspace/index.js';
import {dialectKey, type DialectData} from './dialects/dialect.js';
import {projectSource} from './dialects/project-source.js';
import type {Directive} from './directives/directive.js';
import type {
	Expected, ImageBuildInputs, ImageListInputs, ImagePushInputs, ImageRecordInputs, ImageTagInputs, ImageVerifyInputs, PlannedSource,
} from './image-steps.js';
import {planBuildArguments} from './dialects/plan-build-arguments.js';
import type {Project} from './projects/read-project.js';
import type {PinnedSource} from './sources/index.js';
import {planExpected} from './verify/plan-expected.js';
import {
	planImageLists, planImageTags, type ImageLists, type ImageTags, type TagOptions, type TagSettings,
} from './publish/plan-image-tags.js';
import {
	planBuilderImage, planTry, type BuilderRequest, type PlannedBuild,
} from './builders/plan-builder-image.js';

/** How images are pushed. */
export type PushOptions = {
	/** Give names that have other images in the registry to these; by itself only the latest tags move. */
	readonly overwrite?: boolean;
	/** Have the engine forget the images when they have been pushed. */
	readonly clean?: boolean;
};

export type ImagesRequest = TagOptions & {
	/** The images to make. */
	readonly directives: readonly Directive[];
	/** Undefined where no image is built with LOCI. */
	readonly dialect: DialectData | undefined;
	/** The step whose result is the base image: an object with `image` and `reference`. */
	readonly base: Pick<Step, 'id' | 'key'>;
	/** The wheels that an image with this label uses, and no others. */
	readonly wheelsOf: (label: string) => readonly WheelRef[];
	/** The steps that give wheels, if there are any. */
	readonly wheelSteps: ReadonlyArray<Pick<Step, 'id' | 'key'>>;
	readonly settings: TagSettings & Pick<Settings, 'workspace'>;
	readonly push: boolean;
	readonly pushing?: PushOptions;
	/** Whether the image lists start anew: when all images are built, and not a choice of them. */
	readonly resetLists: boolean;
	/** What images that are built with LOCI have of git; undefined where none has anything. */
	readonly sources?: SourcesOfImages | undefined;
	/** What images are made from that are not built with LOCI; undefined where all are. */
	readonly others?: Omit<BuilderRequest, 'base'> | undefined;
};

/** Sources from git, by the labels of images. */
export type SourcesOfImages = {
	/** Those that an image is built from, each with the step that gives its tree. */
	of(label: string): ReadonlyArray<PinnedSource & {readonly name: string; readonly step: string}>;
	/** The project of an image, where it comes from a repository. */
	projectOf(label: string): Project | undefined;
};

/** Counted up when the same inputs give another image because stx-build itself changed. */
const recipeVersion = 2;

/** Changes when images are verified in another way, or more is said of it: what was found before does not count then. */
const verifyVersion = 3;

/** Ids of an image's steps. */
export const imageStep = (part: 'image' | 'verify' | 'tag' | 'push' | 'record', label: string): string => `${part}:${label}`;

const listStep = 'image-lists';

/**
Plans the images: each is built, verified, tagged, recorded, and pushed if asked for.

The key of an image holds its directive's values, the dialect's files, the base image's key, the wheels that this image
uses, and the commits of its sources. Labels, tags and paths are not in it.

@returns the steps; the records are targets, and the pushes.
@throws BuildError STX0604, STX0607, STX0609: all that cannot be done, of all images.
*/
export function planImages(request: ImagesRequest): readonly Step[] {
	const problems: BuildError[] = [];
	const steps = request.directives.flatMap(directive => collect(problems, () => planImage(directive, request)) ?? []);
	throwProblems(problems);
	return [...(request.push && request.resetLists && request.directives.length > 0 ? [planLists(request)] : []), ...steps];
}

function planImage(directive: Directive, request: ImagesRequest): readonly Step[] {
	const {settings} = request;
	const {label} = directive;
	const problems: BuildError[] = [];
	const tags = collect(problems, () => planImageTags(directive, settings, request));
	const folder = imagesFolder(settings);
	const name = `${label}-${settings.osLabel}-${settings.stream}`;
	const log = path.join(folder, `docker-${name}`);
	const places = {tags: tags!, context: path.join(folder, 'context'), log: `${log}.log`};
	const isLoci = directive.builder === 'loci';
	const others = {...request.others!, base: request.base};
	const planned = collect(problems, () => isLoci ? planLoci(directive, {...request, dialect: request.dialect!}, places) : planBuilderImage(directive, others, places));
	const expected = isLoci ? collect(problems, () => planExpected(directive, request.sources?.projectOf(label))) : undefined;
	throwProblems(problems);

	const build = toStep('image', label, `build ${label}`, planned!);
	const checks = {build, log: `${log}-verify.log`};
	// Before the next image is built: a bad one is known at once, and the network has the good one's push to do meanwhile.
	const verify = {...toStep('verify', label, `verify ${label}`, isLoci ? planVerify(directive, request.dialect!, {...checks, expected: expected!}) : planTry(directive, others, checks)), urgent: true};
	const {key} = build;
	const references = request.push ? Object.values(tags!) : [tags!.build];
	const tag = planStep<ImageTagInputs>('tag', label, `tag ${label}`, {
		...keyed({
			kind: 'image.tag', recipe: recipeVersion, verify: verify.key, references,
		}),
		needs: [verify.id],
		inputs: {label, verify: verify.id, references},
		uses: 'none',
		weight: 1,
	});
	const record = planStep<ImageRecordInputs>('record', label, `record ${label}`, {
		...keyed({
			kind: 'image.record', recipe: recipeVersion, tag: tag.key, label, directive: directive.file, verify: directive.verifyFile,
		}),
		needs: [tag.id],
		inputs: {
			label, directive: directive.file, builder: directive.builder, ...(isLoci && {dialect: request.dialect!.name}), tag: tag.id, key, specFile: directive.verifyFile ?? null, file: path.join(folder, `${name}.json`), clean: request.push && (request.pushing?.clean ?? false),
		},
		uses: 'none',
		weight: 1,
	});
	return [build, verify, tag, {...record, target: true}, ...(request.push ? [{...planPush(directive, request, tags!, {tag, record}), target: true}] : [])];
}

type Places = Parameters<typeof planBuilderImage>[2];

function planLoci(directive: Directive, {base, dialect, wheelsOf, wheelSteps, sources}: ImagesRequest & {readonly dialect: DialectData}, places: Places): PlannedBuild {
	const {label} = directive;
	const buildArgs = planBuildArguments(directive, dialect, sources?.projectOf(label));
	const own = (sources?.of(label) ?? []).map(({name, url, commit, step}): PlannedSource => ({
		name, url, commit, step,
	}));
	const wheels = wheelsOf(label).toSorted((a, b) => a.name < b.name ? -1 : 1);
	const keyOfStep = (id: string): Key | null => wheelSteps.find(step => step.id === id)?.key ?? null;
	const inputs: ImageBuildInputs = {
		...places,
		label,
		builder: directive.builder,
		directive: directive.file,
		dialect: dialect.name,
		files: dialect.files,
		sources: own,
		base: base.id,
		buildArgs,
		wheels,
		version: versionOf(directive, wheels, sources?.projectOf(label)),
	};
	return {
		kind: 'image.build',
		...keyed({
			image: recipeVersion, arguments: buildArgs, dialect: dialectKey(dialect), base: base.key, sources: Object.fromEntries(own.map(({name, commit}) => [name, commit])),
			wheels: Object.fromEntries(wheels.map(wheel => [wheel.name, [wheel.version, 'step' in wheel ? keyOfStep(wheel.step) : wheel.digest]])),
		}),
		needs: [base.id, ...new Set(own.map(({step}) => step)), ...wheels.flatMap(wheel => 'step' in wheel ? [wheel.step] : [])],
		inputs,
		uses: 'cpu',
		weight: 60,
	};
}

/** The version of what an image is of: of its project's commit, or of its project's wheel. */
function versionOf(directive: Directive, wheels: readonly WheelRef[], project: Project | undefined): string | null {
	const source = projectSource(directive);
	const wheel = source.kind === 'index' ? wheels.find(({name}) => name === normalizeName(source.distribution)) : undefined;
	return project?.version ?? wheel?.version ?? null;
}

function planVerify({
	label, file, verify: spec, verifyFile,
}: Directive, {verifier}: DialectData, {build, log, expected}: {readonly build: Step; readonly log: string; readonly expected: Expected}): PlannedBuild {
	const inputs: ImageVerifyInputs = {
		label, directive: file, build: build.id, verifier, expected, spec, specFile: verifyFile ?? null, log,
	};
	return {
		kind: 'image.verify',
		...keyed({
			verify: verifyVersion, image: build.key, verifier: verifier.digest, expected, spec,
		}),
		needs: [build.id],
		inputs,
		uses: 'cpu',
		weight: 30,
	};
}

const toStep = (part: 'image' | 'verify', label: string, title: string, planned: PlannedBuild): Step => ({
	id: imageStep(part, label), title, group: 'images', ...planned,
});

type Parts<Inputs> = Pick<Step, 'key' | 'parts' | 'needs' | 'uses' | 'weight'> & {readonly inputs: Inputs};

/** What is done with an image that was found good, whatever has built it. */
const planStep = <Inputs extends Json>(part: 'tag' | 'record' | 'push', label: string, title: string, parts: Parts<Inputs>): Step<string, Inputs> => ({
	id: imageStep(part, label), kind: `image.${part}`, title, group: 'images', ...parts,
});

/** The names of an image in the registry, each with the list it goes into. */
function planTargets(tags: ImageTags, request: ImagesRequest): ImagePushInputs['push'] {
	const lists = allLists(request);
	return (['versioned', 'latest', 'legacy', 'legacyLatest'] as const).flatMap(kind => {
		const reference = tags[kind];
		return reference === undefined
			? []
			: [{
				reference, list: lists[kind]!, legacy: kind === 'legacy' || kind === 'legacyLatest', moves: kind === 'latest' || kind === 'legacyLatest',
			}];
	});
}

/** StarlingX's lists of what was pushed, also those that this build puts nothing into. */
const allLists = ({settings, ...options}: ImagesRequest): ImageLists => planImageLists(settings, {...options, latest: true});

/** Pushed when it is recorded: the record is then told what the registry has. */
function planPush(directive: Directive, request: ImagesRequest, tags: ImageTags, {tag, record}: Readonly<Record<'tag' | 'record', Step>>): Step {
	const {label} = directive;
	const {overwrite = false, clean = false} = request.pushing ?? {};
	const push = planTargets(tags, request);
	const labels = request.directives.map(other => other.label);
	return planStep<ImagePushInputs>('push', label, `push ${label}`, {
		...keyed({
			kind: 'image.push', recipe: recipeVersion, tag: tag.key, references: push.map(({reference}) => reference),
		}),
		needs: [tag.id, record.id, ...(request.resetLists ? [listStep] : [])],
		inputs: {
			label, tag: tag.id, record: record.id, file: (record.inputs as ImageRecordInputs).file, push, following: labels.slice(labels.indexOf(label) + 1), overwrite, clean, forget: null,
		},
		uses: 'network',
		weight: 30,
	});
}

/**
With a whole build the lists start anew: what it does not push goes out of them. So they also do where it makes no latest
tags, or a list would name those of an earlier build.
*/
function planLists(request: ImagesRequest): Step {
	const targets = request.directives.flatMap(directive => planTargets(planImageTags(directive, request.settings, request), request));
	const lists = Object.values(allLists(request)).map(file => ({file, references: targets.filter(({list}) => list === file).map(({reference}) => reference)}));
	const inputs: ImageListInputs = {lists};
	return {
		id: listStep, kind: 'image.list', title: 'start the image lists anew', group: 'images', needs: [], ...keyed({kind: 'image.list', recipe: recipeVersion, lists}), inputs, uses: 'none', weight: 1,
	};
}
