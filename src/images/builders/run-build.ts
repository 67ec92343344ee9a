/** What the builds of images without LOCI have in common: the base image, what is done after the build, and failures. */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {withSecrets, type BuildRequest, type Engine} from '../../engine/index.js';
import {BuildError} from '../../errors.js';
import type {StepContext} from '../../plan/index.js';
import {digestOfFile, readText} from '../../system/index.js';
import {explainBuildFailure} from '../build/explain-build-failure.js';
import type {ImageEffects} from '../effects.js';
import type {UsedBase} from '../image-steps.js';
import type {DockerImageInputs, ScriptImageInputs} from './builder-steps.js';
import {appendPostbuild, postbuildSecret} from './append-postbuild.js';
import {customizes, formatPostbuild, removes} from './format-postbuild.js';
import {trustAuthority, trustingFiles, withoutMounts} from './trust-authority.js';

type Inputs = DockerImageInputs | ScriptImageInputs;

/** @throws BuildError STX0610 when its name does not stand for it any more. */
export async function useBase({base}: Inputs, engine: Engine, context: StepContext): Promise<UsedBase | null> {
	if (base === null) {
		return null;
	}

	const {image, reference, digest} = context.result(base) as UsedBase;
	if (await engine.find(reference) !== image) {
		throw new BuildError('STX0610', `\`${reference}\` is not the base image \`${image}\` any more`, {hint: 'run stx-build again: it makes the base image anew'});
	}

	return {image, reference, ...(digest !== undefined && {digest})};
}

/** What a build is given, besides what comes from its Dockerfile. */
export type Build = Pick<BuildRequest, 'context' | 'buildArgs' | 'labels'> & {
	/** Text of the Dockerfile. */
	readonly text: string;
	/** The user that it ends with. */
	readonly user: string;
	/** Empty folder for the Dockerfile that is built. */
	readonly folder: string;
	/** Text of a `.dockerignore` that counts for this Dockerfile only. */
	readonly ignore?: string | undefined;
};

/** Of engines, of an image that does not have the program of a RUN. */
const noShell = /(?:exec|stat|starting|executable|lookup)[^\n]*\/bin\/sh[^\n]*(?:no such file or directory|not found)|no such file or directory[^\n]*\/bin\/sh/iv;

/**
Builds an image, and does in the same build what the directive asks for afterwards. From an image that has no shell
nothing can be removed: it is left as it is, with a warning, as in StarlingX.

@throws BuildError STX0610, and those of engines.
*/
export async function buildImage(build: Build, inputs: Inputs, context: StepContext, effects: ImageEffects): Promise<string> {
	const afterwards = {customizes: customizes(inputs.postbuild), removes: removes(inputs.postbuild), user: build.user};
	try {
		return await buildOnce(build, appendPostbuild(build.text, afterwards), {inputs, context, effects});
	} catch (error) {
		const log = await readFile(inputs.log, 'utf8').catch(() => '');
		if (!(error instanceof BuildError) || error.code !== 'STX0703') {
			throw error;
		}

		if (!afterwards.customizes && inputs.postbuild.command === '' && afterwards.removes && noShell.test(log) && !log.includes('==> after the build')) {
			context.warn(`${inputs.label}: the image has no /bin/sh, so nothing is removed from it`);
			return buildOnce(build, build.text, {inputs, context, effects});
		}

		throw explain(error, inputs, log);
	}
}

type Surroundings = {readonly inputs: Inputs; readonly context: StepContext; readonly effects: ImageEffects};

async function buildOnce({folder, context: buildContext, buildArgs, labels, ignore}: Build, text: string, {inputs, context, effects}: Surroundings): Promise<string> {
	const file = path.join(folder, 'Dockerfile');
	await writeFile(file, effects.caBundle === undefined ? text : trustAuthority(text));
	const trusting = effects.caBundle === undefined ? [] : trustingFiles.map(one => ({...one, source: path.join(folder, one.id)}));
	for (const one of trusting) {
		await writeFile(one.source, one.text);
	}

	if (ignore !== undefined) {
		await writeFile(`${file}.dockerignore`, ignore);
	}

	const {name: script, digest} = inputs.postbuildScript;
	if (await digestOfFile(script) !== digest) {
		throw new BuildError('STX0610', `\`${path.basename(script)}\` has changed since the build was planned`, {at: {file: script}, hint: 'run stx-build again'});
	}

	const postbuild = path.join(folder, postbuildSecret);
	await writeFile(postbuild, formatPostbuild(inputs.postbuild, await readText(script)), {mode: 0o600});
	const engine = await effects.engine();
	return withSecrets(effects, async secrets => engine.build({
		context: buildContext,
		file,
		buildArgs,
		...(labels && {labels}),
		proxies: proxiesOf(effects),
		secrets: [...secrets, ...trusting, {id: postbuildSecret, source: postbuild}],
	}, {
		signal: context.signal,
		logFile: inputs.log,
		onLine(line) {
			const text = progressOf(line);
			if (text !== undefined) {
				context.progress({text: withoutMounts(text)});
			}
		},
	}));
}

/** What an engine says that it does now, or our own script: docker's `#7 [2/4] RUN …`, buildah's and podman's `STEP 2/4: RUN …`. */
const progressOf = (line: string): string | undefined =>
	/(?:==> |^#\d+ \[[^\]]*\d+\/\d+\] |^STEP \d+\/\d+: )(?<text>.+)$/v.exec(line)?.groups?.text;

/** The proxies by the names of their variables, in small letters and in capitals: programs read the ones or the others. */
export function proxiesOf({httpProxy, httpsProxy, noProxy}: Pick<ImageEffects, 'httpProxy' | 'httpsProxy' | 'noProxy'>): Readonly<Record<string, string>> {
	const proxies = Object.entries({http_proxy: httpProxy, https_proxy: httpsProxy, no_proxy: noProxy});
	return Object.fromEntries(proxies.flatMap(([name, value]) => value === undefined || value === '' ? [] : [[name, value], [name.toUpperCase(), value]]));
}

function explain(error: BuildError, {label, log, directive}: Inputs, output: string): BuildError {
	const failure = explainBuildFailure(output);
	const at = [{file: directive}, {file: log}];
	return failure.kind === 'installer'
		? new BuildError('STX0610', `\`${label}\` could not be built: ${failure.message}`, {at, hint: 'the log has the whole output', cause: error})
		: new BuildError('STX0610', `\`${label}\` could not be built${error.message === '' ? '' : `: ${error.message}`}`, {at, cause: error});
}
