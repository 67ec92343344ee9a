/** What a request needs, read from its files. */
import path from 'node:path';
import {readBaseRecipe, type BaseRecipe} from '../base/index.js';
import {BuildError, collect, throwProblems} from '../errors.js';
import {
	imageRoots, planImageTags, readDialect, readDirectives, selectImages, type DialectData, type Directive, type TagOptions,
} from '../images/index.js';
import type {PypiClient} from '../pypi/index.js';
import {
	addLocalWheels, createDocumentFetcher, lockedDocuments, readLocalWheels, readWheelInputs, type WheelInputs, type WheelRoots,
} from '../wheels/index.js';
import {lockFile, wheelsTarball} from '../workspace/index.js';
import type {Effects, LoadbuildRequest} from './request.js';
import {inspectTarball, type WorkspaceTarball} from './workspace-tarball.js';

/** All that was read, before anything is planned. */
export type Inputs = {
	readonly base: BaseRecipe;
	readonly directives: readonly Directive[];
	readonly dialect: DialectData | undefined;
	readonly wheels: WheelInputs | undefined;
	/** Tarball in the workspace; `none` where it does not matter. */
	readonly tarball: WorkspaceTarball;
};

/** @throws BuildError with all that is wrong with any of them. */
export async function readInputs({settings, folders, parts, select, workingFolder, wheels}: LoadbuildRequest, {run, store, signal}: Effects, pypi: PypiClient): Promise<Inputs> {
	const problems: BuildError[] = [];
	const attempt = async <T>(reading: Promise<T>): Promise<T | undefined> => reading.catch((error: unknown) => {
		if (!(error instanceof BuildError)) {
			throw error;
		}

		problems.push(error);
		return undefined;
	});
	const files = (select?.directiveFiles ?? []).map(file => path.resolve(workingFolder, file));
	const needsWheels = [parts.wheels, parts.images, parts.checks, parts.rebuilds].includes(true);
	const [base, directives, dialect, wheelInputs] = await Promise.all([
		attempt(readBaseRecipe(folders, settings)),
		needsWheels ? attempt(readSelected()) : [],
		needsWheels ? attempt(readDialect(folders, settings.dialect)) : undefined,
		needsWheels ? attempt(readListed()) : undefined,
	]);
	throwProblems(problems);
	const tarball = needsWheels && !parts.wheels && !parts.rebuilds && wheels?.file === undefined ? await inspectTarball(wheelsTarball(settings), store) : {state: 'none' as const};
	return {
		base: base!, directives: directives!, dialect, wheels: wheelInputs, tarball,
	};

	async function readListed(): Promise<WheelInputs> {
		// What is locked is not what is wanted, when a new lock is.
		const locked = wheels?.upgrade ? new Map<string, string>() : await lockedDocuments(lockFile(settings));
		const inputs = await readWheelInputs(folders, settings, {
			fetchDocument: createDocumentFetcher(locked, {
				pypi, store, offline: settings.offline, signal,
			}),
			// Of a tarball that is taken as it is, it does not matter what a list says.
			allowUnusable: wheels?.file !== undefined || (wheels?.allowUnusable ?? false),
		});
		if (wheels?.file !== undefined) {
			return inputs;
		}

		const extra = (wheels?.extraFolders ?? []).map(folder => path.resolve(workingFolder, folder));
		return addLocalWheels(inputs, await readLocalWheels(settings, {folders: extra, target: inputs.target}, {
			run, store, folder: path.join(settings.cache, 'tmp'), signal,
		}));
	}

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
export function rootsOf({settings, parts}: LoadbuildRequest, directives: readonly Directive[], dialect: DialectData, tagging: TagOptions): readonly WheelRoots[] {
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
