/**
What buildah and podman have in common: images in the storage of github.com/containers/storage, and builds with chroot
isolation inside namespaces of our own, which see to the processes and the network.
*/
import {existsSync} from 'node:fs';
import {readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {
	isAbandoned, withTemporaryFolder, type Command, type Runner,
} from '../system/index.js';
import type {Engine, RunRequest} from './engine.js';
import {
	engineFailure, notInEngine, registryFailure, runEngine,
} from './engine-error.js';
import {writeImageArchive} from './image-archive.js';
import {parseMountsFile, withAlgorithm, type InspectedImage} from './parse-inspect.js';
import type {Limits} from './parse-limits.js';
import {normalizeReference} from './parse-reference.js';
import {confine} from './plan-confinement.js';
import {
	planStorageBuild, planStorageLoad, planStorageOptions, planStoragePull, planStoragePush, planStorageRemove, type StorageProgram,
} from './plan-storage.js';
import {mountsName, roomyFolder} from './roomy-folder.js';

export type StorageOptions = {
	readonly run: Runner;
	/** Where the default one does not work. */
	readonly storageDriver?: string;
	/** Where the storage is, and its driver, which has folders in it. */
	readonly storageFolder: string;
	readonly driver: string;
	/** Of the processes that run the engine. */
	readonly limits?: Limits;
	/** Proxies and certificates, for what talks to registries and for nothing else. */
	readonly registryVariables?: Readonly<Record<string, string>>;
	readonly facts: Engine['facts'];
};

/** How long others may take that change names. */
const namingSeconds = 300;

/** A folder of one call, and a file in it that is to be the mounts.conf of its containers: empty, and a mark of whose they are. */
export type WorkFolder = {readonly folder: string; readonly mountsFile: string};

export const withWorkFolder = async <T>(name: string, use: (work: WorkFolder) => Promise<T>): Promise<T> =>
	withTemporaryFolder(name, async folder => {
		const mountsFile = path.join(folder, mountsName);
		await writeFile(mountsFile, '');
		return use({folder, mountsFile});
	}, roomyFolder);

/** The commands of one program. */
export type StorageCommands = {
	/** A command as it is. */
	plain(args: readonly string[], more?: Omit<Command, 'argv'>): Command;
	/** A command that changes names. The storage reads all names of an image and writes them back: of two that do so at once, one loses what it has changed. */
	naming(args: readonly string[]): Command;
	/** Big temporary files go to the folder, and vanish with it. */
	working(args: readonly string[], work: WorkFolder): Command;
	/** A command that starts processes of a container itself. */
	containing(args: readonly string[], work: WorkFolder, request: Pick<RunRequest, 'network' | 'untrusted'>): Command;
};

/** @param globals of every command. */
export function createStorageCommands(program: StorageProgram, {storageDriver, storageFolder}: Pick<StorageOptions, 'storageDriver' | 'storageFolder'>, globals: readonly string[] = []): StorageCommands {
	const argv = (args: readonly string[], mountsFile?: string): [string, ...string[]] =>
		[program, ...globals, ...planStorageOptions({storageDriver, ...(mountsFile !== undefined && {mountsFile})}), ...args];
	return {
		plain: (args, more = {}) => ({argv: argv(args), ...more}),
		naming: args => ({argv: ['flock', '--timeout', String(namingSeconds), storageFolder, ...argv(args)]}),
		working: (args, {folder, mountsFile}) => ({argv: argv(args, mountsFile), env: {TMPDIR: folder}}),
		containing: (args, {folder, mountsFile}, {network, untrusted = false}) => ({argv: confine(argv(args, mountsFile), network, {untrusted}), env: {TMPDIR: folder}, killSignal: 'SIGKILL'}),
	};
}

/** In what the programs differ. */
export type StorageParts = {
	readonly program: StorageProgram;
	readonly commands: StorageCommands;
	/** Tells of an image, without its name. */
	readonly inspect: readonly string[];
	parseImage(json: string): InspectedImage;
	/** The digest of the manifest that an image was last fetched with. */
	digestOf(found: InspectedImage): Promise<string | undefined>;
	/** Removes a container of a build, or one that was not started. */
	readonly remove: readonly string[];
};

const isUnknown = ({stderr}: {readonly stderr: string}): boolean => /image not known|no such image|does not exist/i.test(stderr);

/**
The containers of builds, each with the mounts.conf it was made with, which says whose it is. They are read from the
storage: of the programs one tells nothing of them, and both fail when one is removed while they list them.
*/
async function listContainers({storageFolder, driver}: StorageOptions): Promise<ReadonlyArray<{readonly id: string; readonly mountsFile: string}>> {
	const folder = path.join(storageFolder, `${driver}-containers`);
	const names = await readdir(folder).catch(() => []);
	const made = await Promise.all(names.map(async id => ({id, text: await readFile(path.join(folder, id, 'userdata', 'buildah.json'), 'utf8').catch(() => '')})));
	return made.filter(({text}) => text !== '').map(({id, text}) => ({id, mountsFile: parseMountsFile(text)}));
}

/** What buildah says of a container that another run removes at the same time. */
const isRemoved = ({stderr}: {readonly stderr: string}): boolean => /container not known|identifier is not a container/i.test(stderr);

/** @returns removes the containers that were made with some files of mounts, so that those of somebody else are never touched. */
function createRemover(options: StorageOptions, {program, commands, remove}: StorageParts): (isOwn: (mountsFile: string) => boolean) => Promise<void> {
	return async isOwn => {
		const containers = await listContainers(options);
		for (const {id} of containers.filter(({mountsFile}) => isOwn(mountsFile))) {
			const result = await options.run(commands.plain([...remove, id]));
			if (result.exitCode !== 0 && !isRemoved(result)) {
				throw engineFailure('STX0704', `${program} could not remove a container`, result);
			}
		}
	};
}

/**
Removes what runs that were killed have left in the storage, once, before the first container is made: containers whose
work folder is on this machine, and whose process is gone. Where that fails, it is tried again before the next one.
*/
export function createTidying(options: StorageOptions, parts: StorageParts): () => Promise<void> {
	const removeContainers = createRemover(options, parts);
	let tidied: Promise<void> | undefined;
	return async () => {
		tidied ??= removeContainers(mountsFile => {
			const folder = path.dirname(mountsFile);
			return path.dirname(folder) === roomyFolder && isAbandoned(path.basename(folder)) && existsSync(folder);
		});
		try {
			await tidied;
		} catch (error) {
			tidied = undefined;
			throw error;
		}
	};
}

/** All that an engine does with images. @param tidy comes before a build. */
export function createStorageEngine(options: StorageOptions, parts: StorageParts, tidy: () => Promise<void>): Omit<Engine, 'run'> {
	const {
		run, limits = {}, registryVariables = {}, facts,
	} = options;
	const {
		program, commands, parseImage, digestOf,
	} = parts;
	const removeContainers = createRemover(options, parts);

	async function look(image: string): Promise<InspectedImage | undefined> {
		const result = await run(commands.plain([...parts.inspect, normalizeReference(image)]));
		if (result.exitCode === 0) {
			return parseImage(result.stdout);
		}

		if (isUnknown(result)) {
			return undefined;
		}

		throw engineFailure('STX0704', `${program} could not look for \`${image}\``, result);
	}

	const talking = (args: readonly string[], work: WorkFolder): Command => ({...commands.working(args, work), env: {TMPDIR: work.folder, ...registryVariables}});

	const tag: Engine['tag'] = async (image, reference) => {
		await runEngine(run, commands.naming(['tag', normalizeReference(image), normalizeReference(reference)]), `${program} could not tag \`${image}\` as \`${reference}\``);
	};

	return {
		name: program,
		imageStore: 'containers',
		facts,
		async find(reference) {
			const found = await look(reference);
			return found?.id;
		},
		async inspect(image) {
			const found = await look(image);
			if (found === undefined) {
				throw notInEngine(image, program);
			}

			return found.config;
		},
		importRoot: async (request, options = {}) => withWorkFolder('import', async work => {
			const archive = await writeImageArchive(request, work.folder, options.signal);
			const result = await runEngine(run, commands.working(planStorageLoad(archive), work), `${program} could not load the image`, options);
			const id = withAlgorithm(result.stdout.trim());
			if (request.reference !== undefined) {
				// Once more, with the names held: another run may have written them back as they were before.
				await tag(id, request.reference);
			}

			return id;
		}),
		build: async (request, options = {}) => withWorkFolder('build', async work => {
			await tidy();
			const idFile = path.join(work.folder, 'id');
			let isBuilt = false;
			try {
				const command = commands.containing(planStorageBuild(request, limits, idFile), work, {network: 'host'});
				await runEngine(run, {...command, env: {...command.env, ...request.proxies}}, {code: 'STX0703', what: 'the image could not be built'}, options);
				isBuilt = true;
			} finally {
				if (!isBuilt) {
					await removeContainers(mountsFile => mountsFile === work.mountsFile);
				}
			}

			const id = await readFile(idFile, 'utf8');
			return withAlgorithm(id.trim());
		}),
		tag,
		async remove(reference) {
			const result = await run(commands.naming(planStorageRemove(program, reference)));
			if (result.exitCode !== 0 && !isUnknown(result)) {
				throw engineFailure('STX0704', `${program} could not remove \`${reference}\``, result);
			}
		},
		pull: async (reference, options = {}) => withWorkFolder('pull', async work => {
			const result = await run(talking(planStoragePull(program, reference), work), options);
			// By its id: another run may have taken the name away again.
			const found = result.exitCode === 0 ? await look(withAlgorithm(result.stdout.trim())) : undefined;
			const digest = found && await digestOf(found);
			if (digest === undefined) {
				throw registryFailure('fetched from', reference, result, program);
			}

			return {id: found!.id, digest};
		}),
		push: async (image, reference, options = {}) => withWorkFolder('push', async work => {
			const digestFile = path.join(work.folder, 'digest');
			const result = await run(talking(planStoragePush(image, reference, digestFile), work), options);
			if (result.exitCode !== 0) {
				throw registryFailure('sent to', reference, result, program);
			}

			const digest = await readFile(digestFile, 'utf8');
			return digest.trim();
		}),
		buildCommand: request => commands.plain(planStorageBuild(request, limits)).argv,
	};
}
