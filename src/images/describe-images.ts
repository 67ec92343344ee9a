import path from 'node:path';
import type {Engine} from '../engine/index.js';
import type {Step} from '../plan/index.js';
import type {ImageBuildInputs} from './image-steps.js';
import type {ImageTags} from './publish/plan-image-tags.js';

/** One image as a dry run shows it. */
export type DescribedImage = {
	readonly label: string;
	readonly builder: string;
	/** The directive's file. */
	readonly directive: string;
	readonly dialect: string;
	readonly tags: ImageTags;
	readonly buildArgs: Readonly<Record<string, string>>;
	/** The command line of the build. */
	readonly argv: readonly string[];
};

/**
What a dry run tells of the images of a plan.

@param options.from reference of the base image, or what stands for it while it is not made.
@param options.secrets ids of the secrets of a build, by which the command line names them.
*/
export function describeImages(steps: readonly Step[], {engine, from, secrets = []}: {readonly engine: Pick<Engine, 'buildCommand'>; readonly from: string; readonly secrets?: readonly string[]}): readonly DescribedImage[] {
	return steps.filter(({kind}) => kind === 'image.build').map(({inputs}) => {
		const {label, builder, directive, dialect, tags, context, ...rest} = inputs as ImageBuildInputs;
		const buildArgs = {FROM: from, ...rest.buildArgs};
		return {
			label, builder, directive, dialect, tags, buildArgs, argv: engine.buildCommand({
				context, file: path.join(context, 'Dockerfile'), buildArgs, secrets: secrets.map(id => ({id, source: ''})),
			}),
		};
	});
}
