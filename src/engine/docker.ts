/** The engine docker: its command line, with a daemon that answers. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {BuildError} from '../errors.js';
import {withTemporaryFolder, type Command, type Runner} from '../system/index.js';
import type {Engine} from './engine.js';
import {
	engineFailure, notInEngine, refuseInterrupted, registryFailure, runEngine,
} from './engine-error.js';
import {writeImageArchive} from './image-archive.js';
import {
	parseDigest, parseDockerImage, parseLoadedId, type InspectedImage,
} from './parse-inspect.js';
import {normalizeReference} from './parse-reference.js';
import {planContainerStart} from './plan-container.js';
import {
	dockerVariables, planDockerBuild, planDockerCreate,
} from './plan-docker.js';
import {roomyFolder} from './roomy-folder.js';

export type DockerOptions = {
	readonly run: Runner;
	/** The client: a name or a path. */
	readonly program: string;
	readonly facts: Engine['facts'];
};

/** How often a name that others take away is given again. */
const mostTries = 5;

export function createDocker({run, program, facts}: DockerOptions): Engine {
	const docker = (args: readonly string[], {env, ...more}: Omit<Command, 'argv'> = {}): Command => ({argv: [program, ...args], env: {...dockerVariables, ...env}, ...more});

	async function look(image: string): Promise<InspectedImage | undefined> {
		const result = await run(docker(['image', 'inspect', '--format', '{{json .}}', normalizeReference(image)]));
		if (result.exitCode === 0) {
			return parseDockerImage(result.stdout);
		}

		if (/no such (?:image|object)/i.test(result.stderr)) {
			return undefined;
		}

		throw engineFailure('STX0704', `docker could not look for \`${image}\``, result);
	}

	/** One that has ended is gone already, or is just going. */
	async function removeContainer(container: string): Promise<void> {
		const result = await run(docker(['rm', '--force', '--volumes', container]));
		if (result.exitCode !== 0 && !/no such container|removal of container \S+ is already in progress/i.test(result.stderr)) {
			throw engineFailure('STX0704', 'docker could not remove a container', result);
		}
	}

	const find: Engine['find'] = async reference => {
		const found = await look(reference);
		return found?.id;
	};

	const tag: Engine['tag'] = async (image, reference) => {
		await runEngine(run, docker(['tag', normalizeReference(image), normalizeReference(reference)]), `docker could not tag \`${image}\` as \`${reference}\``);
	};

	return {
		name: 'docker',
		imageStore: 'docker',
		facts,
		find,
		async inspect(image) {
			const found = await look(image);
			if (found === undefined) {
				throw notInEngine(image, 'docker');
			}

			return found.config;
		},
		importRoot: async (request, options = {}) => withTemporaryFolder('import', async folder => {
			const archive = await writeImageArchive(request, folder, options.signal);
			const result = await runEngine(run, docker(['load', '--quiet', '--input', archive]), 'docker could not load the image', options);
			const id = request.reference === undefined ? parseLoadedId(result.output) : await find(request.reference);
			if (id === undefined) {
				throw engineFailure('STX0704', 'docker does not say which image it has loaded', result, options);
			}

			return id;
		}, roomyFolder),
		build: async (request, options = {}) => withTemporaryFolder('build', async folder => {
			const idFile = path.join(folder, 'id');
			await runEngine(run, docker(planDockerBuild(request, idFile), {env: request.proxies ?? {}}), {code: 'STX0703', what: 'the image could not be built'}, options);
			const id = await readFile(idFile, 'utf8');
			return id.trim();
		}, roomyFolder),
		async run(request, options = {}) {
			refuseInterrupted(options);
			// Not interrupted: a container whose id is not known could not be removed.
			const created = await runEngine(run, docker(planDockerCreate(request)), `docker could not make a container of \`${request.image}\``);
			const container = created.stdout.trim();
			try {
				return await run(docker(planContainerStart(container, request), {killSignal: 'SIGKILL', ...(request.input !== undefined && {input: request.input})}), options);
			} finally {
				await removeContainer(container);
			}
		},
		tag,
		async remove(reference) {
			const result = await run(docker(['image', 'rm', normalizeReference(reference)]));
			if (result.exitCode !== 0 && !/no such image/i.test(result.stderr)) {
				throw engineFailure('STX0704', `docker could not remove \`${reference}\``, result);
			}
		},
		async pull(reference, options = {}) {
			for (let tries = 1; ; tries++) {
				const result = await run(docker(['pull', normalizeReference(reference)]), options);
				const digest = parseDigest(result.output);
				const id = result.exitCode === 0 ? await find(reference) : undefined;
				if (digest !== undefined && id !== undefined) {
					return {id, digest};
				}

				// Another run may have taken the name away at once.
				if (digest === undefined || result.exitCode !== 0 || tries === mostTries) {
					throw registryFailure('fetched from', reference, result, 'docker');
				}
			}
		},
		async push(image, reference, options = {}) {
			const id = await find(image);
			if (id === undefined) {
				throw notInEngine(image, 'docker');
			}

			// The daemon sends what has the name, and others may give or take the name meanwhile.
			for (let tries = 1; ; tries++) {
				await tag(id, reference);
				const result = await run(docker(['push', normalizeReference(reference)]), options);
				const digest = parseDigest(result.output);
				if (tries < mostTries && result.exitCode !== 0 && /does not exist locally|tag does not exist/i.test(result.output)) {
					continue;
				}

				if (result.exitCode !== 0 || digest === undefined) {
					throw registryFailure('sent to', reference, result, 'docker');
				}

				const named = await find(reference);
				if (named !== undefined && named !== id) {
					throw new BuildError('STX0706', `\`${reference}\` was given to another image while \`${id}\` was sent: the registry may have either`, {hint: 'push again, when nothing else uses the name'});
				}

				return digest;
			}
		},
		buildCommand: request => ['env', `DOCKER_BUILDKIT=${dockerVariables.DOCKER_BUILDKIT}`, program, ...planDockerBuild(request)],
	};
}
