/** From directives to steps. Pure. */
import path from 'node:path';
import {collect, throwProblems, type BuildError} from '../errors.js';
import {
	keyed, keyOf, type Json, type Key, type Step,
} from '../plan/index.js';
import type {WheelRef} from '../wheels/index.js';
import {imagesFolder, type Settings} from '../workspace/index.js';
import {dialectKey, type DialectData} from './dialects/dialect.js';
import type {Directive} from './directives/directive.js';
import type {
	ImageBuildInputs, ImageListInputs, ImagePushInputs, ImageRecordInputs, ImageTagInputs, ImageVerifyInputs,
} from './image-steps.js';
import {planBuildArguments} from './dialects/plan-build-arguments.js';
import {planExpected} from './verify/plan-expected.js';
import {
	legacyOsLabel, planImageTags, type ImageTags, type TagOptions, type TagSettings,
} from './publish/plan-image-tags.js';
import {refuseBuilder} from './refuse-builder.js';

export type ImagesRequest = TagOptions & {
	/** The images to make. */
	readonly directives: readonly Directive[];
	readonly dialect: DialectData;
	/** The step whose result is the base image: an object with `image` and `reference`. */
	readonly base: Pick<Step, 'id' | 'key'>;
	/** The wheels that an image with this label uses, and no others. */
	readonly wheelsOf: (label: string) => readonly WheelRef[];
	/** The steps that give wheels, if there are any. */
	readonly wheelSteps: ReadonlyArray<Pick<Step, 'id' | 'key'>>;
	readonly settings: TagSettings & Pick<Settings, 'workspace'>;
	readonly push: boolean;
	/** Whether the image lists start anew: when all images are built, and not a choice of them. */
	readonly resetLists: boolean;
};

/** Counted up when the same inputs give another image because stx-build itself changed. */
const recipeVersion = 1;

/** Ids of an image's steps. */
export const imageStep = (part: 'image' | 'verify' | 'tag' | 'push' | 'record', label: string): string => `${part}:${label}`;

const listStep = 'image-lists';

/**
Plans the images: each is built, verified, tagged, recorded, and pushed if asked for.

The key of an image holds its directive's values, the dialect's files, the base image's key, and the wheels that this
image uses. Labels, tags and paths are not in it.

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
	const {settings, dialect} = request;
	refuseBuilder(directive);
	const problems: BuildError[] = [];
	const buildArgs = collect(problems, () => planBuildArguments(directive, dialect));
	const tags = collect(problems, () => planImageTags(directive, settings, request));
	const expected = collect(problems, () => planExpected(directive));
	throwProblems(problems);

	const {label} = directive;
	const wheels = request.wheelsOf(label).toSorted((a, b) => a.name < b.name ? -1 : 1);
	const keyOfStep = (id: string): Key | null => request.wheelSteps.find(step => step.id === id)?.key ?? null;
	const image = keyed({
		image: recipeVersion, arguments: buildArgs!, dialect: dialectKey(dialect), base: request.base.key,
		wheels: Object.fromEntries(wheels.map(wheel => [wheel.name, [wheel.version, 'step' in wheel ? keyOfStep(wheel.step) : wheel.digest]])),
	});
	const {key} = image;
	const folder = imagesFolder(settings);
	const name = `${label}-${settings.osLabel}-${settings.stream}`;
	const log = path.join(folder, `docker-${name}`);
	const build = planStep<ImageBuildInputs>('image', label, `build ${label}`, {
		...image,
		needs: [request.base.id, ...wheels.flatMap(wheel => 'step' in wheel ? [wheel.step] : [])],
		inputs: {
			label, builder: directive.builder, directive: directive.file, dialect: dialect.name, folder: dialect.folder, files: dialect.files, base: request.base.id,
			buildArgs: buildArgs!, wheels, tags: tags!, context: path.join(folder, 'context'), log: `${log}.log`,
		},
		uses: 'cpu',
		weight: 60,
	});
	const verify = planStep<ImageVerifyInputs>('verify', label, `verify ${label}`, {
		...keyed({
			verify: recipeVersion, image: key, verifier: dialect.verifier.digest, expected: expected!, spec: directive.verify,
		}),
		needs: [build.id],
		inputs: {
			label, directive: directive.file, build: build.id, verifier: dialect.verifier, expected: expected!, spec: directive.verify, log: `${log}-verify.log`,
		},
		uses: 'cpu',
		weight: 30,
	});
	const references = request.push ? Object.values(tags!) : [tags!.build];
	const tag = planStep<ImageTagInputs>('tag', label, `tag ${label}`, {
		key: keyOf({tag: recipeVersion, verify: verify.key, references}),
		needs: [verify.id],
		inputs: {label, verify: verify.id, references},
		uses: 'none',
		weight: 1,
	});
	const record = planStep<ImageRecordInputs>('record', label, `record ${label}`, {
		key: keyOf({
			record: recipeVersion, tag: tag.key, label, directive: directive.file,
		}),
		needs: [build.id, verify.id, tag.id],
		inputs: {
			label, directive: directive.file, dialect: dialect.name, build: build.id, verify: verify.id, tag: tag.id, key, file: path.join(folder, `${name}.json`),
		},
		uses: 'none',
		weight: 1,
	});
	return [build, verify, tag, {...record, target: true}, ...(request.push ? [{...planPush(directive, request, tags!, {tag, record}), target: true}] : [])];
}

type Parts<Inputs> = Pick<Step, 'key' | 'parts' | 'needs' | 'uses' | 'weight'> & {readonly inputs: Inputs};

function planStep<Inputs extends Json>(part: Parameters<typeof imageStep>[0], label: string, title: string, parts: Parts<Inputs>): Step<string, Inputs> {
	return {
		id: imageStep(part, label), kind: part === 'image' ? 'image.build' : `image.${part}`, title, group: 'images', ...parts,
	};
}

/** Pushed when it is recorded: the record is then told what the registry has. */
function planPush(directive: Directive, request: ImagesRequest, tags: ImageTags, {tag, record}: Readonly<Record<'tag' | 'record', Step>>): Step {
	const lists = listFiles(request);
	const {label} = directive;
	const push: ImagePushInputs['push'] = [
		{reference: tags.versioned, list: lists.versioned, legacy: false},
		...(tags.latest === undefined ? [] : [{reference: tags.latest, list: lists.latest, legacy: false}]),
		...(tags.legacy === undefined ? [] : [{reference: tags.legacy, list: lists.legacyVersioned!, legacy: true}]),
		...(tags.legacyLatest === undefined ? [] : [{reference: tags.legacyLatest, list: lists.legacyLatest!, legacy: true}]),
	];
	return planStep<ImagePushInputs>('push', label, `push ${label}`, {
		key: keyOf({push: recipeVersion, tag: tag.key, references: push.map(({reference}) => reference)}),
		needs: [tag.id, record.id, ...(request.resetLists ? [listStep] : [])],
		inputs: {
			label, tag: tag.id, record: record.id, push,
		},
		uses: 'network',
		weight: 30,
	});
}

/** StarlingX's lists of what was pushed. */
function listFiles({settings, ...options}: Pick<ImagesRequest, 'settings' | 'legacyOsLabel'>) {
	const file = (label: string, kind: 'versioned' | 'latest'): string => path.join(imagesFolder(settings), `images-${label}-${settings.stream}-${kind}.lst`);
	const legacy = legacyOsLabel(settings, options);
	return {
		versioned: file(settings.osLabel, 'versioned'),
		latest: file(settings.osLabel, 'latest'),
		...(legacy !== undefined && {legacyVersioned: file(legacy, 'versioned'), legacyLatest: file(legacy, 'latest')}),
	};
}

/** The lists of versioned tags start anew with every whole build, those of latest tags with every whole build that makes them. */
function planLists(request: ImagesRequest): Step {
	const lists = listFiles(request);
	const files = [lists.versioned, lists.legacyVersioned, ...(request.latest ? [lists.latest, lists.legacyLatest] : [])].filter(file => file !== undefined);
	const inputs: ImageListInputs = {files};
	return {
		id: listStep, kind: 'image.list', title: 'start the image lists anew', group: 'images', needs: [], key: keyOf({lists: recipeVersion, files}), inputs, uses: 'none', weight: 1,
	};
}
