/** What a request needs, read from its files. */
import path from 'node:path';
import {
	readBaseRecipe, readBaseRepositories, type BaseRecipe, type BaseRepositories,
} from '../base/index.js';
import {
	collect, collectAsync, throwProblems, type BuildError,
} from '../errors.js';
import {
	chooseImages, gatherBuilderSources, imageRoots, imagesOfPackage, planImageTags, readDirectives, searchCheckout, takesWheels,
	type BuilderSources, type ChosenImages, type DialectData, type Directive, type FoundDirectives, type TagOptions,
} from '../images/index.js';
import type {PypiClient} from '../pypi/index.js';
import {
	addLocalWheels, createDocumentFetcher, lockedDocuments, readLocalWheels, readWheelInputs, type WheelInputs, type WheelRoots,
} from '../wheels/index.js';
import {lockFile, wheelsTarball} from '../workspace/index.js';
import {
	bringDialect, bringSources, createPinner, type Sources,
} from './bring-sources.js';
import type {Effects, LoadbuildRequest} from './request.js';
import {inspectTarball, type WorkspaceTarball} from './workspace-tarball.js';

/** All that was read, before anything is planned. */
export type Inputs = {
	readonly base: BaseRecipe;
	/** Package repositories of the base image besides Debian's. */
	readonly repositories: BaseRepositories | undefined;
	readonly directives: readonly Directive[];
	/** What images are made from that are not built with LOCI; undefined where all are. */
	readonly builders: BuilderSources | undefined;
	/** Whether one of them takes the wheels tarball as a whole. */
	readonly takesTarball: boolean;
	/** Undefined where no image is built with LOCI. */
	readonly dialect: DialectData | undefined;
	/** What images are made from besides wheels, each at a commit. */
	readonly sources: Sources;
	readonly wheels: WheelInputs | undefined;
	/** Tarball in the workspace; `none` where it does not matter. */
	readonly tarball: WorkspaceTarball;
};

/** @throws BuildError with all that is wrong with any of them; STX0003 alone when interrupted. */
export async function readInputs(request: LoadbuildRequest, effects: Effects, pypi: PypiClient): Promise<Inputs> {
	const {run, store, signal, reporter} = effects;
	const {settings, folders, parts, workingFolder, wheels} = request;
	const problems: BuildError[] = [];
	const attempt = async <T>(read: () => Promise<T>): Promise<T | undefined> => collectAsync(problems, read);
	const makesWheels = [parts.wheels, parts.checks, parts.rebuilds].includes(true);
	const needsImages = parts.images || (makesWheels && wheels?.asLocked !== true);
	const directives = needsImages ? await attempt(readSelected) : [];
	const isLoci = directives === undefined || directives.some(({builder}) => builder === 'loci');
	const {builders} = await attempt(async () => readOthers(directives ?? [])) ?? {};
	const takesTarball = [...builders?.sources.values() ?? []].some(source => takesWheels(source));
	const needsWheels = makesWheels || (parts.images && (isLoci || takesTarball));
	const pinner = createPinner(request, effects);
	const [base, repositories, dialect, wheelInputs] = await Promise.all([
		attempt(async () => readBaseRecipe(folders, settings)),
		// Not for an image that is taken as it is.
		request.base?.image === undefined ? attempt(async () => readBaseRepositories(settings, request.base?.repos ?? [])) : undefined,
		needsImages && isLoci ? attempt(async () => bringDialect(request, effects, pinner)) : undefined,
		needsWheels ? attempt(readWheels) : undefined,
	]);
	const sources = directives ? await attempt(async () => bringSources({directives, dialect, builders}, request, effects, pinner)) : undefined;
	throwProblems(problems);
	const tarball = needsWheels && mayTakeTarball(request) ? await inspectTarball(wheelsTarball(settings), store) : {state: 'none' as const};
	return {
		base: base!, repositories, directives: directives!, builders, takesTarball, dialect, sources: sources!, wheels: wheelInputs, tarball,
	};

	/** What images are made from that are not built with LOCI, where there are any. */
	async function readOthers(selected: readonly Directive[]): Promise<{readonly builders?: BuilderSources}> {
		if (selected.every(({builder}) => builder === 'loci')) {
			return {};
		}

		const {builders, problems: unread} = await gatherBuilderSources(folders, selected, store);
		problems.push(...unread);
		return {builders};
	}

	async function readWheels(): Promise<WheelInputs> {
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
		const found = await searchCheckout(settings);
		const {directives, notes} = chooseRequested(await readDirectives(folders, namedFiles(request), found?.files), request, found);
		for (const message of notes) {
			reporter.event({type: 'note', message});
		}

		return directives;
	}
}

/** Whether the tarball of the workspace may be taken: it is not made, and no other one is named. */
const mayTakeTarball = ({parts, wheels}: LoadbuildRequest): boolean => !parts.wheels && !parts.rebuilds && wheels?.file === undefined;

/**
The images that a request is about.

@param found in the checkout, where there is one.
@throws BuildError STX0606 as `selectImages` does
*/
export function chooseRequested(all: readonly Directive[], request: LoadbuildRequest, found: FoundDirectives | undefined): ChosenImages {
	const {select: {only, skip} = {}, parts, folders} = request;
	return chooseImages(all, {
		only, skip, mayBeEmpty: !parts.images && parts.checks !== true, named: namedFiles(request), ofPackage: imagesOfPackage(folders), found,
	});
}

/** The directive files that a request names, absolute. */
export const namedFiles = ({select, workingFolder}: {readonly select?: LoadbuildRequest['select'] | undefined; readonly workingFolder: string}): readonly string[] => (select?.directiveFiles ?? []).map(file => path.resolve(workingFolder, file));

/** What the images need of the wheels. @throws BuildError with all for which any of them cannot be built, or tagged, before the lock is made. */
export function rootsOf({settings, parts}: LoadbuildRequest, {directives, dialect, sources}: Pick<Inputs, 'directives' | 'sources' | 'dialect'>, tagging: TagOptions): readonly WheelRoots[] {
	const problems: BuildError[] = [];
	const roots = directives.flatMap(directive => dialect && directive.builder === 'loci' ? collect(problems, () => imageRoots(directive, dialect, sources.projectOf(directive.label))) ?? [] : []);
	if (parts.images) {
		for (const directive of directives) {
			collect(problems, () => planImageTags(directive, settings, tagging));
		}
	}

	throwProblems(problems);
	return roots;
}
