/** The engine podman: no daemon; containers by a runtime, builds and images as buildah has them, in the same storage. */
import path from 'node:path';
import {digestOfFile, exists} from '../system/index.js';
import type {Engine} from './engine.js';
import {refuseInterrupted, runEngine} from './engine-error.js';
import {parsePodmanImage, type InspectedImage} from './parse-inspect.js';
import {planContainerStart} from './plan-container.js';
import {planPodmanCreate, planPodmanRemove} from './plan-podman.js';
import {
	createStorageCommands, createStorageEngine, createTidying, type StorageOptions, type StorageParts,
} from './storage-engine.js';

export type PodmanOptions = StorageOptions & {
	/** Where the default one does not work. */
	readonly runtime?: string;
};

export function createPodman(options: PodmanOptions): Engine {
	const {
		run, limits = {}, runtime, storageFolder, driver,
	} = options;
	const commands = createStorageCommands('podman', options, runtime === undefined ? [] : ['--runtime', runtime]);

	/** podman names the first manifest that an image came with, not the last. */
	async function digestOf({id, digest}: InspectedImage): Promise<string | undefined> {
		const file = path.join(storageFolder, `${driver}-images`, id.replace('sha256:', ''), 'manifest');
		return await exists(file) ? digestOfFile(file) : digest;
	}

	const parts: StorageParts = {
		program: 'podman', commands, inspect: ['image', 'inspect'], parseImage: parsePodmanImage, digestOf, remove: planPodmanRemove,
	};
	const tidy = createTidying(options, parts);
	return {
		...createStorageEngine(options, parts, tidy),
		async run(request, runOptions = {}) {
			refuseInterrupted(runOptions);
			await tidy();
			// Not interrupted: a container whose id is not known could not be removed.
			const created = await runEngine(run, commands.plain(planPodmanCreate(request, limits)), `podman could not make a container of \`${request.image}\``);
			const container = created.stdout.trim();
			try {
				return await run(commands.plain(planContainerStart(container, request), {killSignal: 'SIGKILL', ...(request.input !== undefined && {input: request.input})}), runOptions);
			} finally {
				await runEngine(run, commands.plain([...planPodmanRemove, container]), 'podman could not remove a container');
			}
		},
	};
}
