/** The step image.build: from a staged context to an image without a tag. */
import {
	chmod, copyFile, mkdir, readFile, rm,
} from 'node:fs/promises';
import path from 'node:path';
import pMap from 'p-map';
import {
	formatLabels, withSecrets, type Engine, type Labels,
} from '../../engine/index.js';
import {asError, BuildError} from '../../errors.js';
import {
	keyOf, type Handler, type Step, type StepContext,
} from '../../plan/index.js';
import {
	digestOfFile, fileError, withTemporaryFolder, writeWhole, type GitTree,
} from '../../system/index.js';
import type {FileResult} from '../../wheels/index.js';
import type {ImageEffects} from '../effects.js';
import {holdsImage} from '../holds-image.js';
import type {DialectFile} from '../dialects/dialect.js';
import type {
	ImageBuildInputs, ImageBuildResult, StagedWheel, UsedBase,
} from '../image-steps.js';
import {explainBuildFailure} from './explain-build-failure.js';

const copiesAtOnce = 8;

export function buildHandler(effects: ImageEffects): Handler {
	return {
		logFile: step => (step.inputs as ImageBuildInputs).log,
		holds: holdsImage(effects),
		async run(step, context) {
			const inputs = step.inputs as ImageBuildInputs;
			const base = context.result(inputs.base) as UsedBase;
			const wheels = inputs.wheels.map((wheel): StagedWheel => {
				const {filename, digest} = 'step' in wheel ? context.result(wheel.step) as FileResult : wheel;
				return {
					name: wheel.name, version: wheel.version, filename, digest,
				};
			});
			const started = effects.clock.monotonic();
			const engine = await effects.engine();
			const labels = await planLabels({
				inputs, base, wheels, step,
			}, engine);
			const image = await buildStaged({
				inputs, base, wheels, labels,
			}, context, effects);
			const result: ImageBuildResult = {
				image, base: baseOf(base), wheels, labels, built: effects.clock.now().toISOString(), seconds: (effects.clock.monotonic() - started) / 1000,
			};
			return result;
		},
	};
}

/** Of what the base image's step says, what belongs to the image. */
const baseOf = ({image, reference, digest}: UsedBase): UsedBase => ({image, reference, ...(digest !== undefined && {digest})});

type Build = {
	readonly inputs: ImageBuildInputs;
	readonly base: UsedBase;
	readonly wheels: readonly StagedWheel[];
	readonly labels: Labels;
};

/** @throws BuildError STX0610 when the base image's name does not stand for it any more. */
async function planLabels({inputs, base, wheels, step}: Omit<Build, 'labels'> & {readonly step: Step}, engine: Engine): Promise<Labels> {
	if (await engine.find(base.reference) !== base.image) {
		throw new BuildError('STX0610', `\`${base.reference}\` is not the base image \`${base.image}\` any more`, {hint: 'run stx-build again: it makes the base image anew'});
	}

	const inherited = await engine.inspect(base.image);
	const {dialect, sources, version} = inputs;
	return {
		...formatLabels({source: sources.find(({name}) => name === 'project'), version: version ?? undefined, base}, inherited.labels),
		'io.stx-build.key': step.key,
		'io.stx-build.base': base.image,
		'io.stx-build.wheels': keyOf(wheels.map(({filename, digest}) => [filename, digest])),
		'io.stx-build.dialect': dialect,
		...Object.fromEntries(sources.map(({name, commit}) => [`io.stx-build.source.${name}`, commit])),
	};
}

async function buildStaged(build: Build, context: StepContext, effects: ImageEffects): Promise<string> {
	const {inputs, base, labels} = build;
	const engine = await effects.engine();
	// A folder of this run's own: another run may build the same image at the same time.
	return withTemporaryFolder('context', async folder => {
		await stage(build, folder, context, effects);
		await rm(inputs.log, {force: true});
		return withSecrets(effects, async secrets => runBuild(engine, {
			context: folder,
			file: path.join(folder, 'Dockerfile'),
			buildArgs: {...inputs.buildArgs, FROM: base.reference},
			labels,
			secrets,
		}, inputs, context));
	}, inputs.context);
}

/** Writes the build context: the dialect's files, the sources, the wheels, and constraints that name these wheels only. */
async function stage({inputs, wheels}: Build, folder: string, context: StepContext, effects: ImageEffects): Promise<void> {
	const {store, git} = effects;
	context.progress({text: `${wheels.length} wheels`});
	try {
		await mkdir(path.join(folder, 'wheels'), {recursive: true});
		await pMap(inputs.files, async file => stageFile(file, path.join(folder, file.name), effects), {concurrency: copiesAtOnce});
	} catch (error) {
		throw fileError(error, folder);
	}

	for (const {name, step} of inputs.sources) {
		await git.extract(context.result(step) as GitTree, path.join(folder, 'sources', name));
	}

	// All are tried, whatever fails: what has gone bad in the store is taken out of it, and fetched anew the next time.
	const failures = await pMap(wheels, async ({digest, filename}) => {
		context.signal.throwIfAborted();
		return store.extractTo(digest, path.join(folder, 'wheels', filename)).catch((error: unknown) => asError(error));
	}, {concurrency: copiesAtOnce});
	const failure = failures.find(error => error !== undefined);
	if (failure) {
		throw failure;
	}

	await writeWhole(path.join(folder, 'wheels', 'upper-constraints.txt'), wheels.map(({name, version}) => `${name}===${version}\n`).join(''));
	// LOCI reads both; there is nothing that the first leaves open.
	await writeWhole(path.join(folder, 'wheels', 'global-requirements.txt'), '');
}

/** Brings a file of the dialect from this machine, or from the store. */
async function stageFile({name, digest, source, executable}: DialectFile, file: string, {store}: ImageEffects): Promise<void> {
	await mkdir(path.dirname(file), {recursive: true});
	if (source === undefined) {
		await store.extractTo(digest, file);
	} else {
		await copyFile(source, file);
		if (await digestOfFile(file) !== digest) {
			throw new BuildError('STX0610', `\`${name}\` has changed since the build was planned`, {at: {file: source}, hint: 'run stx-build again'});
		}
	}

	await chmod(file, executable ? 0o755 : 0o644);
}

async function runBuild(engine: Engine, request: Parameters<Engine['build']>[0], {label, log}: ImageBuildInputs, context: StepContext): Promise<string> {
	try {
		return await engine.build(request, {
			signal: context.signal,
			logFile: log,
			onLine(line) {
				// Not where bash shows the command that prints it; BuildKit puts the step and the time before every line.
				const heading = /^(?:#\d+ (?:\d+\.\d+ )?)?==> (?<text>.+)$/.exec(line)?.groups?.text;
				if (heading !== undefined) {
					context.progress({text: heading});
				}
			},
		});
	} catch (error) {
		if (!(error instanceof BuildError) || error.code !== 'STX0703') {
			throw error;
		}

		throw explain(error, label, log, await readFile(log, 'utf8').catch(() => ''));
	}
}

function explain(error: BuildError, label: string, log: string, text: string): BuildError {
	const failure = explainBuildFailure(text);
	const at = {file: log};
	switch (failure.kind) {
		case 'missing': {
			const by = failure.requiredBy === '' ? 'the image itself asks for it' : `\`${failure.requiredBy}\` requires it`;
			return new BuildError('STX0611', `\`${label}\` needs \`${failure.requirement}\`, and its wheels do not have it (${by})`, {at, hint: 'make the wheels anew with `stx-build wheels`; a build takes nothing from an index', cause: error});
		}

		case 'conflict': {
			return new BuildError('STX0611', `the wheels of \`${label}\` do not fit together\n${failure.causes.join('\n')}`, {at, hint: 'make the wheels anew with `stx-build wheels`', cause: error});
		}

		case 'installer': {
			return new BuildError('STX0610', `\`${label}\` could not be built: ${failure.message}`, {at, hint: 'the log has the whole output', cause: error});
		}

		case 'unknown': {
			return new BuildError('STX0610', `\`${label}\` could not be built${error.message === '' ? '' : `: ${error.message}`}`, {at, cause: error});
		}
	}
}
