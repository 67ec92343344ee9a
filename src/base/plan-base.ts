/** The steps that lead to the base image. Pure. */
import {BuildError, throwProblems} from '../errors.js';
import {normalizeReference} from '../engine/index.js';
import {keyed, type Json, type Step} from '../plan/index.js';
import type {Name} from '../registry/index.js';
import {osName, type Settings} from '../workspace/index.js';
import type {AptState, BaseTarget} from './apt-state.js';
import {formatRepository} from './parse-repository.js';
import type {BaseTags} from './plan-base-tags.js';
import {
	formatSuites, planSuites, type BootstrapRepositories, type Suite,
} from './plan-bootstrap.js';
import {
	formatAptFiles, keyPath, planHostSources, trustedOnes, type BaseRepositories,
} from './plan-repositories.js';
import type {BaseRecipe} from './recipe.js';

export type BaseRequest = Pick<Settings, 'os' | 'codename' | 'arch' | 'debianMirror' | 'debianSecurityMirror'> & {
	readonly recipe: BaseRecipe;
	/** Reference of an image in a registry, or already in the engine, to which is added what is missing. */
	readonly from?: string | undefined;
	/** Reference of an image in the engine that is a base image already, to be taken as it is. */
	readonly image?: string | undefined;
	/** Its id in the engine, where it is there; the digest is that of its manifest, where a registry has just said it. */
	readonly found?: {readonly id: string; readonly digest?: string} | undefined;
	/** Which making of the base image counts, where it is not the first: another generation is made anew, from what the repositories hold then. */
	readonly generation?: string;
	/** Package repositories besides Debian's. */
	readonly repositories?: BaseRepositories | undefined;
	/** What the image is called, where it is to have names; and what is done with these. */
	readonly naming?: {
		readonly tags: BaseTags;
		/** Whether its version is the build's own, so that its tag names this image for ever; that of the OS is the same in all builds. */
		readonly isVersioned: boolean;
		readonly push: boolean;
		/** Whether names that have other images in the registry may be given to this one. */
		readonly overwrite: boolean;
		readonly clean: boolean;
		readonly record: string;
	} | undefined;
};

/** The id of the step whose result the others use. */
export const baseStep = 'base';

/** Counted up when stx-build itself makes other files from the same inputs. */
const recipeVersion = 1;

/** The result of `base.bootstrap`: a root file system in the store. */
export type RootResult = {
	/** Digest of the tar, and its size in bytes. */
	readonly digest: `sha256:${string}`;
	readonly size: number;
	readonly apt: AptState;
	readonly target: BaseTarget;
	/** Its sources.list. */
	readonly sources: readonly string[];
};

/** The result of the step `base`. */
export type BaseResult = {
	/** The id of the image in the engine. */
	readonly image: string;
	/** A name that stands for this image for ever: for the `FROM` of a Dockerfile, which takes no ids. */
	readonly reference: string;
	/** Of its manifest in the registry, where one has said it. */
	readonly digest?: string;
	/** The image of a registry that it was made from, with the digest of its manifest, where the registry was asked. */
	readonly from?: {readonly reference: string; readonly digest: string | null};
	readonly apt: AptState;
	readonly target: BaseTarget;
	/** The lines of Debian's repositories that it was given, in use or switched off; none where it keeps those of the image that it is made of. */
	readonly sources: readonly string[];
	/** Addresses of the repositories that were taken without a signature. */
	readonly trusted?: readonly string[];
};

/** The result of `base.tag`. */
export type BaseTagResult = {readonly image: string; readonly references: readonly string[]; readonly file: string};

export type BaseTagInputs = {readonly references: readonly string[]; readonly record: string};

export type BasePushInputs = {readonly names: readonly Name[]; readonly record: string; readonly overwrite: boolean; readonly clean: boolean};

/**
Plans the base image: from Debian packages (`base.bootstrap`, then `base.import`), from a registry (`base.pull`, then
`base.image`), or one that is there (`base.take`). The last step has the id `base` and a `BaseResult`.

The keys hold no mirror: the suite decides which packages there are, not the host that has it; and of a snapshot, its
time. The results say which mirrors the image was given for its sources.list, and do not hold where these have changed.

@throws BuildError STX0504 when there can be no such base.
*/
export function planBase(request: BaseRequest): readonly Step[] {
	if (request.image !== undefined) {
		return [planTake(request, request.image)];
	}

	checkRequest(request);
	const steps = request.from === undefined ? planFromPackages(request) : planFromImage(request, request.from);
	return request.naming === undefined ? steps : [...steps, ...planNames(steps.at(-1)!, request.naming)];
}

function planNames(base: Step, {
	tags, isVersioned, push, overwrite, clean, record,
}: NonNullable<BaseRequest['naming']>): readonly Step[] {
	const references = Object.values(tags);
	const naming: BaseTagInputs = {references, record};
	const tag: Step = {
		id: `${baseStep}:tag`, kind: 'base.tag', title: `name the base image ${references.join(', ')}`, group: 'base', needs: [base.id], ...keyed({tag: recipeVersion, base: base.key, references}), inputs: naming, uses: 'none', weight: 1, target: true,
	};
	const pushing: BasePushInputs = {
		names: [
			...[tags.image, tags.legacy].map(reference => ({reference, moves: !isVersioned})),
			...[tags.latest, tags.legacyLatest].map(reference => ({reference, moves: true})),
		].flatMap(({reference, moves}) => reference === undefined ? [] : [{reference, moves}]),
		record,
		overwrite,
		clean,
	};
	return push
		? [tag, {
			id: `${baseStep}:push`, kind: 'base.push', title: `push ${references.join(', ')}`, group: 'base', needs: [tag.id], ...keyed({push: recipeVersion, tag: tag.key}), inputs: pushing, uses: 'network', weight: 30, target: true,
		}]
		: [tag];
}

const suitesOf = ({codename, debianMirror, debianSecurityMirror}: BaseRequest): readonly Suite[] => planSuites({codename, mirror: debianMirror, securityMirror: debianSecurityMirror});

/** What of the suites decides which packages there are. */
const keyOfSuites = (suites: readonly Suite[]): readonly string[] => suites.map(({name, snapshot}) => [name, 'main', ...(snapshot === undefined ? [] : [snapshot])].join(' '));

/** What of the repositories decides which packages there are, and the files of apt. */
const keyOfRepositories = ({repositories}: BaseRequest): Json | undefined => repositories && {
	stx: repositories.stx.map(repository => formatRepository(repository)),
	layers: repositories.layers.map(({name, repository}) => [name, formatRepository(repository)]),
	origin: repositories.origin ?? null,
	signedWith: repositories.key?.digest ?? null,
};

const packagesOf = ({recipe: {packages, starlingxPackages}, repositories}: BaseRequest): readonly string[] => repositories ? [...new Set([...packages, ...starlingxPackages])].toSorted() : packages;

const trustedOf = ({repositories}: BaseRequest): readonly string[] => repositories ? trustedOnes(repositories) : [];

/** @param debian lines of Debian's repositories, for images that switch them on. */
function planBootstrapRepositories({repositories}: BaseRequest, debian: readonly string[]): BootstrapRepositories | undefined {
	return repositories && {
		sources: planHostSources(repositories),
		files: formatAptFiles(repositories, debian),
		...(repositories.key && {key: {file: repositories.key.file, place: keyPath(repositories.key)}}),
	};
}

function planTake({
	os, codename, arch, found,
}: BaseRequest, image: string): Step {
	const named = {
		reference: normalizeReference(image), codename, os, arch,
	};
	const inputs = {...named, digest: found?.digest ?? null};
	return {
		id: baseStep, kind: 'base.take', title: `take ${image} as the base image`, group: 'base', needs: [], ...keyed({take: recipeVersion, ...named, ...(found && {image: found.id})}), inputs, uses: 'none', weight: 1,
	};
}

function planFromPackages(request: BaseRequest): readonly Step[] {
	const {os, codename, arch} = request;
	const packages = packagesOf(request);
	const suites = suitesOf(request);
	const sources = formatSuites(suites);
	const same = {
		os, codename, arch, packages,
	};
	const root = keyed({
		bootstrap: recipeVersion, generation: request.generation ?? '', ...same, suites: keyOfSuites(suites), repositories: keyOfRepositories(request),
	});
	const repositories = planBootstrapRepositories(request, sources);
	const trusted = trustedOf(request);
	return [
		{
			id: `${baseStep}:root`, kind: 'base.bootstrap', title: `install ${osName(request)} from packages`, group: 'base', needs: [], ...root, inputs: {...same, sources, ...(repositories && {repositories})}, uses: 'network', weight: 60,
		},
		{
			id: baseStep, kind: 'base.import', title: 'make the base image', group: 'base', needs: [`${baseStep}:root`], ...keyed({import: recipeVersion, root: root.key}), inputs: {
				name: baseName(request), arch, sources, trusted,
			}, uses: 'none', weight: 10,
		},
	];
}

function planFromImage(request: BaseRequest, from: string): readonly Step[] {
	const {codename, arch, recipe} = request;
	const packages = packagesOf(request);
	// Without other repositories the image keeps those it comes with, whatever the settings say of Debian's.
	const suites = request.repositories ? suitesOf(request) : [];
	const sources = formatSuites(suites);
	const repositories = planBootstrapRepositories(request, sources);
	const reference = normalizeReference(from);
	const generation = request.generation ?? '';
	const pull = keyed({pull: recipeVersion, generation, reference});
	const inputs: Json = {
		name: baseName(request), codename, arch, reference, packages, dockerfile: recipe.dockerfile, script: recipe.script,
		sources, ...(repositories && {repositories}), trusted: trustedOf(request),
	};
	return [
		{
			id: `${baseStep}:pull`, kind: 'base.pull', title: `fetch ${from}`, group: 'base', needs: [], ...pull, inputs: {reference, isAnew: generation !== ''}, uses: 'network', weight: 30,
		},
		{
			id: baseStep, kind: 'base.image', title: 'make the base image', group: 'base', needs: [`${baseStep}:pull`], ...keyed({
				image: recipeVersion, pull: pull.key, codename, arch, packages, recipe: recipe.digests, repositories: keyOfRepositories(request),
				...(suites.some(({snapshot}) => snapshot !== undefined) && {suites: keyOfSuites(suites)}),
			}), inputs, uses: 'network', weight: 40,
		},
	];
}

const baseName = (request: BaseRequest): string => `base-${osName(request)}`;

/** What cannot lead to a base image, all of it. */
function checkRequest({
	os, from, debianMirror, debianSecurityMirror, repositories,
}: BaseRequest): void {
	const problems: BuildError[] = [];
	if (from === undefined && os !== 'debian') {
		problems.push(new BuildError('STX0504', `a base image of \`${os}\` cannot be made from packages: only that of debian can`, {hint: 'take it from a registry with --from'}));
	}

	const mirrors = from === undefined || repositories ? [debianMirror, debianSecurityMirror] : [];
	for (const mirror of new Set(mirrors)) {
		if (!/^https?:\/\/[^\s@'"\\]+$/.test(mirror)) {
			problems.push(new BuildError('STX0504', 'a mirror must be an http or https URL without user, password, blanks and quotes: it is written into the image', {hint: 'give apt its password through a proxy, or use another mirror'}));
		}
	}

	throwProblems(problems);
}
