/** The engine buildah: no daemon; chroot isolation inside namespaces of our own, which see to the processes and the network. */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {withTemporaryFolder, type Command, type Runner} from '../system/index.js';
import type {Engine, RunRequest} from './engine.js';
import {
	engineFailure, notInEngine, refuseInterrupted, registryFailure, runEngine,
} from './engine-error.js';
import {writeImageArchive} from './image-archive.js';
import {
	parseBuildahImage, withAlgorithm, withoutRunNoise, type InspectedImage,
} from './parse-inspect.js';
import type {Limits} from './parse-limits.js';
import {normalizeReference} from './parse-reference.js';
import {
	planBuildahBuild, planBuildahFrom, planBuildahOptions, planBuildahPull, planBuildahPush, planBuildahRun,
} from './plan-buildah.js';
import {confine, processLimit} from './plan-confinement.js';
import {roomyFolder} from './roomy-folder.js';

export type BuildahOptions = {
	readonly run: Runner;
	/** Where the default one does not work. */
	readonly storageDriver?: string;
	/** Of the processes that run buildah. */
	readonly limits?: Limits;
	/** Proxies and certificates, for what talks to registries and for nothing else. */
	readonly registryVariables?: Readonly<Record<string, string>>;
	readonly facts: Engine['facts'];
};

/** A folder of one call, and a file in it that is to be the mounts.conf of its containers: empty, and a mark of whose they are. */
type WorkFolder = {readonly folder: string; readonly mountsFile: string};

const withWorkFolder = async <T>(name: string, use: (work: WorkFolder) => Promise<T>): Promise<T> =>
	withTemporaryFolder(name, async folder => {
		const mountsFile = path.join(folder, 'mounts.conf');
		await writeFile(mountsFile, '');
		return use({folder, mountsFile});
	}, roomyFolder);

export function createBuildah({
	run, storageDriver, limits = {}, registryVariables = {}, facts,
}: BuildahOptions): Engine {
	const argv = (args: readonly string[], mountsFile?: string): [string, ...string[]] =>
		['buildah', ...planBuildahOptions({storageDriver, ...(mountsFile !== undefined && {mountsFile})}), ...args];
	const buildah = (args: readonly string[]): Command => ({argv: argv(args)});
	/** Big temporary files go to the folder, and vanish with it. */
	const working = (args: readonly string[], {folder, mountsFile}: WorkFolder): Command => ({argv: argv(args, mountsFile), env: {TMPDIR: folder}});
	/** A command that starts processes of the container. */
	const containing = (args: readonly string[], {folder, mountsFile}: WorkFolder, {network, untrusted = false}: Pick<RunRequest, 'network' | 'untrusted'>): Command =>
		({argv: confine(argv(args, mountsFile), network, {untrusted}), env: {TMPDIR: folder}, killSignal: 'SIGKILL'});

	async function look(image: string): Promise<InspectedImage | undefined> {
		const result = await run(buildah(['inspect', '--type', 'image', normalizeReference(image)]));
		if (result.exitCode === 0) {
			return parseBuildahImage(result.stdout);
		}

		if (/image not known|no such image|does not exist/i.test(result.stderr)) {
			return undefined;
		}

		throw engineFailure('STX0704', `buildah could not look for \`${image}\``, result);
	}

	/**
	Removes the working containers that a build has left: of all containers only those that were made with its own
	mounts.conf, so that a build of somebody else is never touched.
	*/
	async function removeContainersOf({mountsFile}: WorkFolder): Promise<void> {
		const listed = await runEngine(run, buildah(['containers', '--quiet', '--notruncate']), 'buildah could not list its containers');
		for (const container of listed.stdout.split('\n').filter(line => line !== '')) {
			const made = await run(buildah(['inspect', '--type', 'container', '--format', '{{.DefaultMountsFilePath}}', container]));
			if (made.exitCode === 0 && made.stdout.trim() === mountsFile) {
				await runEngine(run, buildah(['rm', container]), 'buildah could not remove a container');
			}
		}
	}

	return {
		name: 'buildah',
		facts,
		async find(reference) {
			const found = await look(reference);
			return found?.id;
		},
		async inspect(image) {
			const found = await look(image);
			if (found === undefined) {
				throw notInEngine(image, 'buildah');
			}

			return found.config;
		},
		importRoot: async (request, options = {}) => withWorkFolder('import', async work => {
			const archive = await writeImageArchive(request, work.folder, options.signal);
			const result = await runEngine(run, working(['pull', '--quiet', `docker-archive:${archive}`], work), 'buildah could not load the image', options);
			return withAlgorithm(result.stdout.trim());
		}),
		build: async (request, options = {}) => withWorkFolder('build', async work => {
			const idFile = path.join(work.folder, 'id');
			let isBuilt = false;
			try {
				await runEngine(run, containing(planBuildahBuild(request, limits, idFile), work, {network: 'host'}), {code: 'STX0703', what: 'the image could not be built'}, options);
				isBuilt = true;
			} finally {
				if (!isBuilt) {
					await removeContainersOf(work);
				}
			}

			const id = await readFile(idFile, 'utf8');
			return withAlgorithm(id.trim());
		}),
		run: async (request, options = {}) => withWorkFolder('run', async work => {
			refuseInterrupted(options);
			const container = path.basename(work.folder);
			// Not interrupted: half a container could not be removed.
			await runEngine(run, working(planBuildahFrom(request.image, container, request.untrusted ? {...limits, nproc: Math.min(processLimit, limits.nproc ?? processLimit)} : limits), work), `buildah could not make a container of \`${request.image}\``);
			try {
				const command = containing(planBuildahRun(request, container), work, request);
				const result = await run({...command, ...(request.input !== undefined && {input: request.input})}, options);
				return {...result, stderr: withoutRunNoise(result.stderr), output: withoutRunNoise(result.output)};
			} finally {
				await runEngine(run, buildah(['rm', container]), 'buildah could not remove a container');
			}
		}),
		async tag(image, reference) {
			await runEngine(run, buildah(['tag', normalizeReference(image), normalizeReference(reference)]), `buildah could not tag \`${image}\` as \`${reference}\``);
		},
		async remove(reference) {
			const result = await run(buildah(['rmi', normalizeReference(reference)]));
			if (result.exitCode !== 0 && !/image not known|no such image/i.test(result.stderr)) {
				throw engineFailure('STX0704', `buildah could not remove \`${reference}\``, result);
			}
		},
		pull: async (reference, options = {}) => withWorkFolder('pull', async work => {
			const result = await run({...working(planBuildahPull(reference), work), env: {TMPDIR: work.folder, ...registryVariables}}, options);
			const found = result.exitCode === 0 ? await look(reference) : undefined;
			if (found?.digest === undefined) {
				throw registryFailure('fetched from', reference, result, 'buildah login');
			}

			return {id: found.id, digest: found.digest};
		}),
		push: async (reference, options = {}) => withWorkFolder('push', async work => {
			const digestFile = path.join(work.folder, 'digest');
			const result = await run({...working(planBuildahPush(reference, digestFile), work), env: {TMPDIR: work.folder, ...registryVariables}}, options);
			if (result.exitCode !== 0) {
				throw registryFailure('sent to', reference, result, 'buildah login');
			}

			const digest = await readFile(digestFile, 'utf8');
			return digest.trim();
		}),
		buildCommand: request => argv(planBuildahBuild(request, limits)),
	};
}
