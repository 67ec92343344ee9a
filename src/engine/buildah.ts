/** The engine buildah: no daemon; chroot isolation also for what it runs. */
import path from 'node:path';
import type {Engine} from './engine.js';
import {refuseInterrupted, runEngine} from './engine-error.js';
import {parseBuildahImage, withoutRunNoise} from './parse-inspect.js';
import {planBuildahFrom, planBuildahRun} from './plan-buildah.js';
import {processLimit} from './plan-confinement.js';
import {carryStreams} from './plan-streams.js';
import {
	createStorageCommands, createStorageEngine, createTidying, withWorkFolder, type StorageOptions, type StorageParts,
} from './storage-engine.js';

export function createBuildah(options: StorageOptions): Engine {
	const {run, limits = {}} = options;
	const commands = createStorageCommands('buildah', options);

	const parts: StorageParts = {
		program: 'buildah', commands, inspect: ['inspect', '--type', 'image'], parseImage: parseBuildahImage, digestOf: async ({digest}) => digest, remove: ['rm'],
	};
	const tidy = createTidying(options, parts);
	return {
		...createStorageEngine(options, parts, tidy),
		run: async (request, runOptions = {}) => withWorkFolder('run', async work => {
			refuseInterrupted(runOptions);
			await tidy();
			const container = path.basename(work.folder);
			// Not interrupted: half a container could not be removed.
			await runEngine(run, commands.working(planBuildahFrom(request.image, container, request.untrusted ? {...limits, nproc: Math.min(processLimit, limits.nproc ?? processLimit)} : limits), work), `buildah could not make a container of \`${request.image}\``);
			try {
				const streams = request.bare ? undefined : path.join(work.folder, 'streams');
				const command = commands.containing(planBuildahRun(request, container, streams), work, request);
				const argv = streams === undefined ? command.argv : carryStreams(command.argv, streams);
				const result = await run({...command, argv, ...(request.input !== undefined && {input: request.input})}, runOptions);
				return {...result, stderr: withoutRunNoise(result.stderr), output: withoutRunNoise(result.output)};
			} finally {
				await runEngine(run, commands.plain(['rm', container]), 'buildah could not remove a container');
			}
		}),
	};
}
