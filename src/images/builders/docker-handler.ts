/** The step image.docker: an image from a Dockerfile of its own. */
import {mkdir, realpath, rm} from 'node:fs/promises';
import path from 'node:path';
import {
	formatLabels, normalizeReference, type Engine, type Labels,
} from '../../engine/index.js';
import {BuildError} from '../../errors.js';
import type {Digest, Handler, StepContext} from '../../plan/index.js';
import {
	digestOfFile, exists, readText, withTemporaryFolder, type GitTree,
} from '../../system/index.js';
import {
	findBeginning, findUser, outsideImages, parseDockerfile, resolveReference, type Dockerfile,
} from '../dockerfile/parse-dockerfile.js';
import type {ImageEffects} from '../effects.js';
import {holdsImage} from '../holds-image.js';
import type {ImageBuildResult, UsedBase} from '../image-steps.js';
import {applyPatches} from './apply-patches.js';
import type {PlaceInRepository} from './builder-source.js';
import type {DockerImageInputs} from './builder-steps.js';
import {copyContext} from './context-tree.js';
import {chooseDockerfile, listFiles} from './find-dockerfile.js';
import {buildImage, useBase} from './run-build.js';
import {withServedTarball, type Tarball} from './serve-tarball.js';

export function dockerHandler(effects: ImageEffects): Handler {
	return {
		logFile: step => (step.inputs as DockerImageInputs).log,
		holds: holdsImage(effects),
		async run(step, context) {
			const inputs = step.inputs as DockerImageInputs;
			const started = effects.clock.monotonic();
			const engine = await effects.engine();
			const base = await useBase(inputs, engine, context);
			await rm(inputs.log, {force: true});
			return withTemporaryFolder('context', async folder => {
				const staged = await stage(inputs, folder, {context, effects});
				const dockerfile = parseDockerfile(staged.text);
				const from = await bringImages(dockerfile, {
					inputs, base, engine, context,
				});
				const user = await userOf(dockerfile, base, engine);
				const tarball = dockerfile.arguments.has('WHEELS') ? tarballOf(inputs, context) : undefined;
				const source = inputs.source.kind === 'repository' ? {url: inputs.source.url, commit: inputs.source.commit} : undefined;
				const labels = {
					...await planLabels(dockerfile, {
						source, base, from, engine, text: staged.text,
					}),
					'io.stx-build.key': step.key, ...(base && {'io.stx-build.base': base.image}), ...(tarball && {'io.stx-build.wheels': tarball.digest}),
				};
				const build = async (wheels?: string) => buildImage({
					...staged,
					user,
					folder,
					buildArgs: {...(base && dockerfile.arguments.has('BASE') && {BASE: base.reference}), ...(wheels !== undefined && {WHEELS: wheels})},
					labels,
				}, inputs, context, effects);
				const result: ImageBuildResult = {
					image: tarball ? await withServedTarball(tarball, build) : await build(),
					base,
					wheels: [],
					from,
					...(source && {source}),
					labels,
					...(tarball && {tarball: tarball.digest}),
					built: effects.clock.now().toISOString(),
					seconds: (effects.clock.monotonic() - started) / 1000,
				};
				return result;
			}, inputs.context);
		},
	};
}

type Staged = {readonly context: string; readonly text: string; readonly ignore?: string | undefined};

/** Brings the context into a folder of its own: engines read it as it was planned, whatever is written to it meanwhile. */
async function stage({source, directive}: DockerImageInputs, folder: string, {context, effects}: {readonly context: StepContext; readonly effects: ImageEffects}): Promise<Staged> {
	context.progress({text: 'the build context'});
	const staged = path.join(folder, 'context');
	const at = {file: directive};
	if (source.kind === 'folder') {
		await copyContext(source.context, staged, {digest: source.digest, at});
		const {name, digest} = source.dockerfile;
		if (await digestOfFile(name) !== digest) {
			throw new BuildError('STX0610', `\`${name}\` has changed since the build was planned`, {at: {file: name}, hint: 'run stx-build again'});
		}

		return {context: staged, ...await readDockerfile(name)};
	}

	await mkdir(staged);
	await effects.git.extract(context.result(source.step) as GitTree, staged);
	await applyPatches(staged, source.patches, {run: effects.run, at, signal: context.signal});
	const {context: folderOfContext, dockerfile} = source.place === null
		? placeOf(chooseDockerfile(await listFiles(staged), source.url, at))
		: await findPlace(staged, source.place, {url: source.url, at});
	return {context: path.join(staged, folderOfContext), ...await readDockerfile(path.join(staged, dockerfile))};
}

const placeOf = (dockerfile: string): PlaceInRepository => ({context: path.dirname(dockerfile), dockerfile});

/** @throws BuildError STX0610 where the repository has no such folder or Dockerfile, or a link that leads out of it. */
async function findPlace(tree: string, place: PlaceInRepository, {url, at}: {readonly url: string; readonly at: {readonly file: string}}): Promise<PlaceInRepository> {
	const top = await realpath(tree);
	for (const [key, wanted] of [['DOCKER_CONTEXT', place.context], ['DOCKER_FILE', place.dockerfile]] as const) {
		const found = await realpath(path.join(tree, wanted)).catch(() => undefined);
		if (found === undefined || !(found === top || found.startsWith(`${top}${path.sep}`))) {
			throw new BuildError('STX0610', `\`${url}\` has no \`${wanted}\``, {at, hint: `correct ${key}, which is meant from the top of the repository, or DOCKER_REF`});
		}
	}

	return place;
}

/** A Dockerfile, and the list of what it leaves out of the context, where it has one of its own. */
async function readDockerfile(file: string): Promise<Pick<Staged, 'text' | 'ignore'>> {
	const ignore = `${file}.dockerignore`;
	return {text: await readText(file), ...(await exists(ignore) && {ignore: await readText(ignore)})};
}

function tarballOf({wheels, directive, label}: DockerImageInputs, context: StepContext): Tarball {
	if (wheels === null) {
		throw new BuildError('STX0610', `the Dockerfile of \`${label}\` takes \`WHEELS\`, which could not be seen before its repository was here`, {at: {file: directive}, hint: 'keep the Dockerfile beside the directive file, or add the argument with a patch of DOCKER_PATCHES'});
	}

	const {file, digest} = 'step' in wheels ? context.result(wheels.step) as {readonly file: string; readonly digest: Digest} : wheels;
	return {file, digest, name: wheels.name};
}

type Bringing = {readonly inputs: DockerImageInputs; readonly engine: Engine; readonly context: StepContext};

type OutsideImage = NonNullable<ImageBuildResult['from']>[number];

/** Brings the images of others that a Dockerfile needs: what they are is recorded, and their user is known. */
async function bringImages(dockerfile: Dockerfile, {base, ...bringing}: Bringing & {readonly base: UsedBase | null}): Promise<readonly OutsideImage[]> {
	const brought: OutsideImage[] = [];
	for (const written of outsideImages(dockerfile)) {
		const reference = resolve(written, dockerfile, base);
		if (reference === undefined || reference === base?.reference) {
			continue;
		}

		bringing.context.progress({text: reference});
		brought.push({reference, ...await bringImage(reference, bringing)});
	}

	return brought;
}

async function bringImage(reference: string, {inputs, engine, context}: Bringing): Promise<Omit<OutsideImage, 'reference'>> {
	try {
		const {id, digest} = await engine.pull(reference, {signal: context.signal, logFile: inputs.log});
		return {image: id, digest};
	} catch (error) {
		const there = error instanceof BuildError && error.code === 'STX0706' ? await engine.find(reference) : undefined;
		if (there === undefined) {
			throw error;
		}

		context.warn(`${inputs.label}: no registry gives \`${reference}\`: it is taken as ${engine.name} has it`);
		return {image: there, digest: null};
	}
}

const resolve = (written: string, dockerfile: Dockerfile, base: UsedBase | null): string | undefined => resolveReference(written, dockerfile, base ? {BASE: base.reference} : {});

/** The user that an image of this Dockerfile has, as a Dockerfile writes it; empty for root. */
async function userOf(dockerfile: Dockerfile, base: UsedBase | null, engine: Engine): Promise<string> {
	const found = findUser(dockerfile);
	if ('user' in found) {
		return found.user;
	}

	const reference = resolve(found.image, dockerfile, base);
	if (reference === undefined || reference === 'scratch' || await engine.find(reference) === undefined) {
		return '';
	}

	const {user} = await engine.inspect(reference);
	return user;
}

type Known = {
	readonly source: {readonly url: string; readonly commit: string} | undefined;
	readonly base: UsedBase | null;
	readonly from: readonly OutsideImage[];
	readonly engine: Engine;
	/** Of the Dockerfile: what it says of the image stays as it says it. */
	readonly text: string;
};

async function planLabels(dockerfile: Dockerfile, {source, base, from, engine, text}: Known): Promise<Labels> {
	const reference = resolve(findBeginning(dockerfile), dockerfile, base);
	if (reference === undefined || reference === 'scratch' || await engine.find(reference) === undefined) {
		return formatLabels({source});
	}

	const {labels} = await engine.inspect(reference);
	const inherited = Object.fromEntries(Object.entries(labels).filter(([name]) => !text.includes(name)));
	const digest = reference === base?.reference ? base.digest : from.find(image => image.reference === reference)?.digest;
	return formatLabels({source, base: {reference: normalizeReference(reference), digest}}, inherited);
}
