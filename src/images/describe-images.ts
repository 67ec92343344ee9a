/** What a dry run tells of images. Pure. */
import path from 'node:path';
import type {Engine} from '../engine/index.js';
import type {Step} from '../plan/index.js';
import type {DockerImageInputs, ScriptImageInputs} from './builders/builder-steps.js';
import type {ImageBuildInputs, ImageRecordInputs} from './image-steps.js';
import type {ImageLists, ImageTags} from './publish/plan-image-tags.js';

/** One image as a dry run shows it. */
export type DescribedImage = {
	readonly label: string;
	readonly builder: string;
	/** The directive's file. */
	readonly directive: string;
	/** Of the builder loci. */
	readonly dialect?: string;
	/** The file whose [verify] it is tried with; null where there is none. */
	readonly verify: string | null;
	readonly tags: ImageTags;
	readonly buildArgs: Readonly<Record<string, string>>;
	/** The command line of the build; absent where no engine works. */
	readonly argv?: readonly string[];
	/** Files that tell of it: the image record, the log of the build, and the lists of what was pushed, by the kinds of tags. */
	readonly records: {readonly record: string; readonly log: string; readonly lists: ImageLists};
};

export type DescribeOptions = {
	readonly engine: Pick<Engine, 'buildCommand'> | undefined;
	/** Reference of the base image, or what stands for it while it is not made. */
	readonly from: string;
	readonly lists: ImageLists;
	/** Ids of the secrets of a build, by which the command line names them. */
	readonly secrets?: readonly string[];
};

/** What stands for the address of the wheels tarball, which has one while an image is built. */
const servedWheels = '<wheels tarball>';

type Build = Pick<DescribedImage, 'dialect' | 'buildArgs'> & {readonly argv: readonly string[] | undefined};

/** What a dry run tells of the images of a plan. */
export function describeImages(steps: readonly Step[], options: DescribeOptions): readonly DescribedImage[] {
	const records = new Map(steps.filter(({kind}) => kind === 'image.record').map(({inputs}) => [(inputs as ImageRecordInputs).label, inputs as ImageRecordInputs]));
	return steps.flatMap(step => {
		const describe = builds[step.kind];
		if (!describe) {
			return [];
		}

		const {label, builder, directive, tags, log} = step.inputs as ImageBuildInputs | DockerImageInputs | ScriptImageInputs;
		const {dialect, buildArgs, argv} = describe(step, options);
		const {specFile: verify, file: record} = records.get(label)!;
		return [{
			label, builder, directive, ...(dialect !== undefined && {dialect}), verify, tags, buildArgs, ...(argv && {argv}), records: {record, log, lists: options.lists},
		}];
	});
}

/** Whether a step builds an image, with whichever builder. */
export const buildsImage = ({kind}: Pick<Step, 'kind'>): boolean => Object.hasOwn(builds, kind);

const builds: Readonly<Record<string, (step: Step, options: DescribeOptions) => Build>> = {
	'image.build'({inputs}, {engine, from, secrets = []}) {
		const {dialect, context, ...rest} = inputs as ImageBuildInputs;
		const buildArgs = {FROM: from, ...rest.buildArgs};
		const argv = engine?.buildCommand({
			context, file: path.join(context, 'Dockerfile'), buildArgs, secrets: secrets.map(id => ({id, source: ''})),
		});
		return {dialect, buildArgs, argv};
	},
	'image.docker'({inputs}, {engine, from}) {
		const {base, source, wheels} = inputs as DockerImageInputs;
		const buildArgs = {...(base !== null && {BASE: from}), ...(wheels !== null && {WHEELS: servedWheels})};
		const [context, file] = source.kind === 'folder' ? [source.context, source.dockerfile.name] : [`${source.url}#${source.commit}${source.place === null || source.place.context === '.' ? '' : `:${source.place.context}`}`, source.place?.dockerfile ?? 'Dockerfile'];
		return {buildArgs, argv: engine?.buildCommand({context, file, buildArgs})};
	},
	'image.script'({inputs}) {
		const {place, args, tags} = inputs as ScriptImageInputs;
		return {buildArgs: {}, argv: ['bash', place, ...args, tags.build]};
	},
};
