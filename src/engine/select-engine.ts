/** Choosing an engine: by trying it on nothing, in a fraction of a second, not by asking for its version. */
import {BuildError} from '../errors.js';
import type {Runner, RunResult} from '../system/index.js';
import {createBuildah} from './buildah.js';
import {createDocker} from './docker.js';
import type {Engine, EngineName} from './engine.js';
import {lastLines} from './engine-error.js';
import {parseBuildahDriver, parseDockerInfo} from './parse-inspect.js';
import {planBuildahOptions} from './plan-buildah.js';
import {confine} from './plan-confinement.js';
import {dockerTrial, dockerVariables} from './plan-docker.js';

export type SelectOptions = {
	readonly preferred: EngineName | 'auto';
	readonly run: Runner;
	readonly signal?: AbortSignal;
	/** For engines that talk to registries themselves; a daemon has settings of its own. */
	readonly caBundle?: string | undefined;
	readonly httpProxy?: string | undefined;
	readonly httpsProxy?: string | undefined;
	readonly noProxy?: string | undefined;
};

/** How the trial of one engine ended. */
export type Trial
	= | {readonly name: EngineName; readonly engine: Engine}
		| {readonly name: EngineName; readonly reason: string; readonly hint: string};

/** A daemon that hangs must not hold up the choice for long. */
const trialSeconds = 10;

/**
Gives the engine to work with: with `auto` docker where it works, else buildah.

@throws BuildError STX0701 when no engine works, STX0702 when the one that was asked for does not.
*/
export async function selectEngine(options: SelectOptions): Promise<Engine> {
	const names: readonly EngineName[] = options.preferred === 'auto' ? ['docker', 'buildah'] : [options.preferred];
	const failed: Array<Extract<Trial, {reason: string}>> = [];
	for (const name of names) {
		const trial = await tryEngine(name, options);
		if ('engine' in trial) {
			return trial.engine;
		}

		failed.push(trial);
	}

	const reasons = failed.map(({name, reason}) => `${name}: ${reason}`).join('; ');
	throw new BuildError(
		options.preferred === 'auto' ? 'STX0701' : 'STX0702',
		options.preferred === 'auto' ? `no container engine works on this machine (${reasons})` : `the engine that was asked for does not work (${reasons})`,
		{hint: `${failed.map(({hint}) => hint).join(', or ')}; \`stx-build doctor\` tries everything and says more`},
	);
}

/** Tries one engine on nothing. Errors of the machine are the answer; only an interruption is thrown. */
export async function tryEngine(name: EngineName, options: SelectOptions): Promise<Trial> {
	return name === 'docker' ? tryDocker(options) : tryBuildah(options);
}

async function tryDocker({run, signal}: SelectOptions): Promise<Trial> {
	let failure: Trial | undefined;
	// The distribution's client goes with the distribution's daemon; another one on PATH may want a plugin that is not there.
	for (const program of ['/usr/bin/docker', 'docker']) {
		const limits = {timeoutSeconds: trialSeconds, ...(signal && {signal})};
		const result = await attempt(run({argv: [program, ...dockerTrial.args], env: dockerVariables, input: dockerTrial.input}, limits));
		if (typeof result !== 'string' && result.exitCode === 0) {
			const info = await run({argv: [program, 'info', '--format', '{{json .}}']}, limits);
			return {name: 'docker', engine: createDocker({run, program, facts: {program, ...parseDockerInfo(info.stdout)}})};
		}

		failure ??= typeof result === 'string' ? undefined : explainDocker(result);
	}

	return failure ?? {name: 'docker', reason: 'it is not installed', hint: 'apt-get install docker.io'};
}

function explainDocker(result: RunResult): Trial {
	const name = 'docker';
	if (result.timedOut) {
		return {name, reason: `its daemon does not answer within ${trialSeconds} s`, hint: 'restart the docker daemon'};
	}

	if (/cannot connect to the docker daemon|is the docker daemon running|connection refused/i.test(result.output)) {
		return {name, reason: 'no daemon answers', hint: 'start the docker daemon'};
	}

	if (/permission denied/i.test(result.output)) {
		return {name, reason: 'its daemon may not be used by this user', hint: 'use sudo, or add the user to the group docker'};
	}

	if (/buildx component is missing|unknown flag: --output/i.test(result.output)) {
		return {name, reason: 'its client has no BuildKit', hint: 'apt-get install docker-buildx'};
	}

	return {name, reason: lastLines(result.output, 1) || `exit code ${result.exitCode}`, hint: 'mend docker'};
}

async function tryBuildah(options: SelectOptions): Promise<Trial> {
	const {run, signal} = options;
	const name = 'buildah';
	const limits = {timeoutSeconds: trialSeconds, ...(signal && {signal})};
	const confined = await attempt(run({argv: confine(['true'], 'none'), killSignal: 'SIGKILL'}, limits));
	if (typeof confined === 'string' || confined.exitCode !== 0) {
		const why = typeof confined === 'string' ? confined : lastLines(confined.output, 1);
		// What unshare(1) says in a chroot.
		const hint = why.includes('propagation') ? 'make the folder of the chroot a mount point (mount --bind FOLDER FOLDER) before it is entered' : 'run as root (sudo), for buildah';
		return {name, reason: `namespaces cannot be made: ${why}`, hint};
	}

	let why = '';
	for (const storageDriver of [undefined, 'vfs']) {
		const result = await attempt(run({argv: ['buildah', ...planBuildahOptions({storageDriver}), 'info']}, limits));
		if (typeof result === 'string') {
			return {name, reason: 'it is not installed', hint: 'apt-get install buildah'};
		}

		if (result.exitCode === 0) {
			const version = await run({argv: ['buildah', '--version']}, limits);
			const facts = {
				version: /\d+(?:\.\d+)+/.exec(version.stdout)?.[0] ?? 'unknown', isolation: 'chroot', storage: parseBuildahDriver(result.stdout),
			};
			return {
				name, engine: createBuildah({
					run, facts, registryVariables: registryVariables(options), ...(storageDriver !== undefined && {storageDriver}),
				}),
			};
		}

		why ||= lastLines(result.output, 1);
	}

	return {name, reason: why, hint: 'mend the storage of buildah'};
}

/** The result of a run, or why the program could not be run. */
async function attempt(running: Promise<RunResult>): Promise<RunResult | string> {
	try {
		return await running;
	} catch (error) {
		if (error instanceof BuildError && error.code !== 'STX0003') {
			return error.message;
		}

		throw error;
	}
}

/** What programs written in Go read. */
function registryVariables({caBundle, httpProxy, httpsProxy, noProxy}: SelectOptions): Record<string, string> {
	const variables = {
		SSL_CERT_FILE: caBundle, http_proxy: httpProxy, https_proxy: httpsProxy, no_proxy: noProxy,
	};

	return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
