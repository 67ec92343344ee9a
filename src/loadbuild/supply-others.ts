/** What images are given that are not built with LOCI: commits of repositories, and the wheels tarball as a whole. */
import path from 'node:path';
import {
	planSource, sourceName, type BuilderSources, type ImagesRequest, type PinnedSource, type TarballSource,
} from '../images/index.js';
import type {Step} from '../plan/index.js';
import {knownDigest} from '../system/index.js';
import type {Effects, LoadbuildRequest} from './request.js';

export type Others = {
	/** The steps that bring their sources. */
	readonly steps: readonly Step[];
	readonly others: NonNullable<ImagesRequest['others']>;
};

/**
@param options.pinned the commits of what they ask for, by `sourceName`.
@param options.tarball the step that makes the wheels tarball, or where it is; undefined where there is none.
*/
export function supplyOthers(builders: BuilderSources, {images, pinned, tarball}: {
	readonly images: LoadbuildRequest['images']; readonly pinned: ReadonlyMap<string, PinnedSource>; readonly tarball: TarballSource | undefined;
}): Others {
	const trees = [...builders.sources.values()].flatMap(source => source.kind === 'folder' ? [] : [sourceName(source.tree)]);
	const planned = new Map(trees.map(name => {
		const source = pinned.get(name)!;
		return [name, {step: planSource(source), commit: source.commit}];
	}));
	return {
		steps: [...new Map([...planned.values()].map(({step}) => [step.id, step])).values()],
		others: {
			builders, tarball, treeOf: tree => planned.get(sourceName(tree))!, allowHostScripts: images?.allowHostScripts ?? false,
		},
	};
}

/**
The wheels tarball as an image takes it as a whole.

@param step that makes it, if one does.
@param file where it is, or will be.
*/
export async function tarballSource(step: Step | undefined, file: string, {store}: Pick<Effects, 'store'>): Promise<TarballSource> {
	const name = path.basename(file);
	return step ? {name, step: step.id, key: step.key} : {name, file, digest: await knownDigest(file, store)};
}
