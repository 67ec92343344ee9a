/** The engine docker: its command line, with a daemon that answers. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {
	withTemporaryFolder, type Command, type Runner, type RunOptions,
} from '../system/index.js';
import type {Engine} from './engine.js';
import {
	engineFailure, notInEngine, refuseInterrupted, registryFailure, runEngine,
} from './engine-error.js';
import {writeImageArchive} from './image-archive.js';
import {
	parseDigest, parseDockerImage, parseLoadedId, type InspectedImage,
} from './parse-inspect.js';
import {normalizeReference} from './parse-reference.js';
import {
	dockerVariables, planDockerBuild, planDockerCreate, planDockerStart,
} from './plan-docker.js';
import {roomyFolder} from './roomy-folder.js';

export type DockerOptions = {
	readonly run: Runner;
	/** The client: a name or a path. */
	readonly program: string;
	readonly facts: Engine['facts'];
};

export function createDocker({run, program, facts}: DockerOptions): Engine {
	const docker = (args: readonly string[], more: Omit<Command, 'argv' | 'env'> = {}): Command => ({argv: [program, ...args], env: dockerVariables, ...more});

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

	return {
		name: 'docker',
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
			const id = parseLoadedId(result.output);
			if (id === undefined) {
				throw engineFailure('STX0704', 'docker does not say which image it has loaded', result, options);
			}

			return id;
		}, roomyFolder),
		build: async (request, options = {}) => withTemporaryFolder('build', async folder => {
			const idFile = path.join(folder, 'id');
			await runEngine(run, docker(planDockerBuild(request, idFile)), {code: 'STX0703', what: 'the image could not be built'}, options);
			const id = await readFile(idFile, 'utf8');
			return id.trim();
		}, roomyFolder),
		async run(request, options = {}) {
			refuseInterrupted(options);
			// Not interrupted: a container whose id is not known could not be removed.
			const created = await runEngine(run, docker(planDockerCreate(request)), `docker could not make a container of \`${request.image}\``);
			const container = created.stdout.trim();
			try {
				return await run(docker(planDockerStart(container, request), {killSignal: 'SIGKILL', ...(request.input !== undefined && {input: request.input})}), options);
			} finally {
				await removeContainer(container);
			}
		},
		async tag(image, reference) {
			await runEngine(run, docker(['tag', normalizeReference(image), normalizeReference(reference)]), `docker could not tag \`${image}\` as \`${reference}\``);
		},
		async remove(reference) {
			const result = await run(docker(['image', 'rm', normalizeReference(reference)]));
			if (result.exitCode !== 0 && !/no such image/i.test(result.stderr)) {
				throw engineFailure('STX0704', `docker could not remove \`${reference}\``, result);
			}
		},
		async pull(reference, options = {}) {
			const result = await run(docker(['pull', normalizeReference(reference)]), options);
			const digest = parseDigest(result.output);
			const id = result.exitCode === 0 ? await find(reference) : undefined;
			if (digest === undefined || id === undefined) {
				throw registryFailure('fetched from', reference, result, 'docker login');
			}

			return {id, digest};
		},
		async push(reference, options = {}) {
			const result = await run(docker(['push', normalizeReference(reference)]), options);
			const digest = parseDigest(result.output);
			if (result.exitCode !== 0 || digest === undefined) {
				throw registryFailure('sent to', reference, result, 'docker login');
			}

			return digest;
		},
		buildCommand: request => ['env', `DOCKER_BUILDKIT=${dockerVariables.DOCKER_BUILDKIT}`, program, ...planDockerBuild(request)],
	};
}
