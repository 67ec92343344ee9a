/** The step image.script: an image that a script makes from a checkout. */
import {
	chmod, copyFile, mkdir, rm,
} from 'node:fs/promises';
import path from 'node:path';
import {
	formatLabels, formatLocalReference, type Engine, type Labels,
} from '../../engine/index.js';
import {BuildError} from '../../errors.js';
import type {Handler, StepContext} from '../../plan/index.js';
import {
	digestOfFile, withTemporaryFolder, type GitTree, type RunOptions, type RunResult,
} from '../../system/index.js';
import type {ImageEffects} from '../effects.js';
import {holdsImage} from '../holds-image.js';
import type {ImageBuildResult, UsedBase} from '../image-steps.js';
import {applyPatches} from './apply-patches.js';
import {makeRepository, repositoryVariables} from './make-repository.js';
import type {ScriptImageInputs} from './builder-steps.js';
import {isPostbuilt} from './format-postbuild.js';
import {buildImage, proxiesOf, useBase} from './run-build.js';
import {trustingVariables} from './trust-authority.js';

/** Where a container has the checkout. */
const mounted = '/mnt/source';

/** And the certificates that it is to trust. */
const mountedBundle = '/mnt/ca.pem';

/** A script may build for long, but not for ever. */
const longestSeconds = 4 * 3600;

export function scriptHandler(effects: ImageEffects): Handler {
	return {
		logFile: step => (step.inputs as ScriptImageInputs).log,
		holds: holdsImage(effects),
		async run(step, context) {
			const inputs = step.inputs as ScriptImageInputs;
			const started = effects.clock.monotonic();
			const engine = await effects.engine();
			const base = await useBase(inputs, engine, context);
			await rm(inputs.log, {force: true});
			return withTemporaryFolder('context', async folder => {
				const checkout = path.join(folder, 'source');
				await stage(inputs, checkout, {context, effects});
				const made = await withoutName(engine, inputs.tags.build, async () => withoutName(engine, shortName(inputs), async () => {
					refuseFailure(await runScript(inputs, checkout, {
						base, engine, context, effects,
					}), inputs);
					return findMade(inputs, engine);
				}));
				const source = {url: inputs.source.url, commit: inputs.source.commit};
				// What nothing is done with afterwards stays as the script has made it.
				const labels: Labels = isPostbuilt(inputs.postbuild) ? {...formatLabels({source}), 'io.stx-build.key': step.key} : {};
				const image = await finish(made, {
					inputs, folder, engine, context, effects, labels,
				});
				const result: ImageBuildResult = {
					image,
					base,
					wheels: [],
					source,
					labels,
					built: effects.clock.now().toISOString(),
					seconds: (effects.clock.monotonic() - started) / 1000,
				};
				return result;
			}, inputs.context);
		},
	};
}

async function stage({source, script, place, directive}: ScriptImageInputs, checkout: string, {context, effects}: {readonly context: StepContext; readonly effects: ImageEffects}): Promise<void> {
	context.progress({text: 'the checkout'});
	await mkdir(checkout);
	await effects.git.extract(context.result(source.step) as GitTree, checkout);
	await applyPatches(checkout, source.patches, {run: effects.run, at: {file: directive}, signal: context.signal});
	await makeRepository(checkout, {run: effects.run, commit: source.commit, signal: context.signal});
	const copy = path.join(checkout, place);
	await mkdir(path.dirname(copy), {recursive: true});
	await copyFile(script.name, copy);
	if (await digestOfFile(copy) !== script.digest) {
		throw new BuildError('STX0610', `the script \`${script.name}\` has changed since the build was planned`, {at: {file: script.name}, hint: 'run stx-build again'});
	}

	// The container's user may be another than this process's.
	await chmod(checkout, 0o755);
}

/**
Takes a name from the image that has it, so that what has it afterwards is what `make` has made. Where that fails, the
image has its name again.
*/
async function withoutName<T>(engine: Engine, reference: string, make: () => Promise<T>): Promise<T> {
	const earlier = await engine.find(reference);
	if (earlier === undefined) {
		return make();
	}

	const kept = formatLocalReference('script-before', earlier);
	await engine.tag(earlier, kept);
	await engine.remove(reference);
	try {
		return await make();
	} catch (error) {
		await engine.tag(earlier, reference);
		throw error;
	} finally {
		await engine.remove(kept);
	}
}

type Surroundings = {readonly base: UsedBase | null; readonly engine: Engine; readonly context: StepContext; readonly effects: ImageEffects};

/** `bash SCRIPT ARGS IMAGE [HTTP_PROXY] [HTTPS_PROXY] [NO_PROXY]` in the checkout, as build-stx-images.sh has it. */
async function runScript({place, args, tags, onHost, log}: ScriptImageInputs, checkout: string, {base, engine, context, effects}: Surroundings): Promise<RunResult> {
	const proxies = [effects.httpProxy, effects.httpsProxy, effects.noProxy].filter((proxy): proxy is string => proxy !== undefined && proxy !== '');
	const argv = ['bash', place, ...args, tags.build, ...proxies] as const;
	const options: RunOptions = {
		signal: context.signal, logFile: log, timeoutSeconds: longestSeconds, onLine(line) {
			if (line.trim() !== '') {
				context.progress({text: line.trim()});
			}
		},
	};
	if (onHost) {
		return effects.run({argv, cwd: checkout, env: {...proxiesOf(effects), ...(effects.caBundle !== undefined && trustingVariables(effects.caBundle))}}, options);
	}

	return engine.run({
		image: base!.image,
		argv,
		mounts: [{source: checkout, target: mounted, readOnly: false}, ...(effects.caBundle === undefined ? [] : [{source: effects.caBundle, target: mountedBundle, readOnly: true}])],
		workdir: mounted,
		env: {
			PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8', ...repositoryVariables, ...proxiesOf(effects), ...(effects.caBundle !== undefined && trustingVariables(mountedBundle)),
		},
		network: 'host',
		user: '0',
	}, options);
}

/** An engine's program that a container does not have. */
const noEngine = /\b(?<program>docker|podman|buildah|nerdctl)\b[^\n]*(?:command not found|not found|no such file)/iv;

const needsHost = (program: string): string => `scripts run in a container, which has no ${program}: with --allow-host-scripts they run on this machine, with all the rights that you have here`;

function refuseFailure(result: RunResult, {label, directive, log, onHost}: ScriptImageInputs): void {
	if (result.exitCode !== 0) {
		const program = onHost ? undefined : noEngine.exec(result.output)?.groups?.program?.toLowerCase();
		const ended = result.timedOut ? `took longer than ${longestSeconds / 3600} hours` : `ended with exit code ${result.exitCode}`;
		throw new BuildError('STX0610', `the script of \`${label}\` ${ended}\n${result.output.trimEnd().split('\n').slice(-15).join('\n')}`.trimEnd(), {
			at: [{file: directive}, {file: log}], ...(program !== undefined && {hint: needsHost(program)}),
		});
	}
}

/** What podman and buildah take a name for that has no host in it, when a script gives it. */
const shortName = ({tags}: ScriptImageInputs): string => `localhost/${tags.build}`;

/** @throws BuildError STX0614 when the script has not made what it is there to make. */
async function findMade(inputs: ScriptImageInputs, engine: Engine): Promise<string> {
	const {label, directive, log, tags, onHost} = inputs;
	const short = await engine.find(shortName(inputs));
	if (short !== undefined) {
		await engine.tag(short, tags.build);
		await engine.remove(shortName(inputs));
	}

	const image = await engine.find(tags.build);
	if (image === undefined) {
		throw new BuildError('STX0614', `the script of \`${label}\` ended well, but ${engine.name} has no image \`${tags.build}\``, {
			at: [{file: directive}, {file: log}],
			hint: onHost ? `it must give that name, its first argument after ARGS, to the image, in ${engine.name}; another engine is chosen with --engine` : needsHost('engine'),
		});
	}

	return image;
}

/** What the directive asks for after the build, on top of what the script has made. */
async function finish(made: string, {inputs, folder, engine, context, effects, labels}: Omit<Surroundings, 'base'> & {readonly inputs: ScriptImageInputs; readonly folder: string; readonly labels: Labels}): Promise<string> {
	if (!isPostbuilt(inputs.postbuild)) {
		return made;
	}

	const empty = path.join(folder, 'empty');
	await mkdir(empty);
	const reference = formatLocalReference(`script-${inputs.label}`, made);
	await engine.tag(made, reference);
	try {
		const {user} = await engine.inspect(made);
		return await buildImage({
			context: empty, text: `FROM ${reference}\n`, user, folder, buildArgs: {}, labels,
		}, inputs, context, effects);
	} finally {
		await engine.remove(reference);
	}
}
