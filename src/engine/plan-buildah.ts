/** The command lines that only buildah has, without the program and its global options. */
import type {RunRequest} from './engine.js';
import type {Limits} from './parse-limits.js';
import {planVolume} from './plan-mount.js';
import {planUlimits} from './plan-storage.js';
import {printToStreams, streamsMount} from './plan-streams.js';
import {normalizeReference} from './parse-reference.js';

/** A working container. @param container its name. @param limits of the process that runs buildah. */
export function planBuildahFrom(image: string, container: string, limits: Limits): readonly string[] {
	return ['from', '--pull=never', '--quiet', ...planUlimits(limits), '--name', container, normalizeReference(image)];
}

/**
Says nothing of the network: with chroot isolation buildah ignores it, and `confine` sees to it. Mounts are volumes, for
what is written to a `--mount type=bind` is thrown away since buildah 1.38.

@param streams the folder of `carryStreams`; undefined where the command is to print through buildah.
*/
export function planBuildahRun(request: RunRequest, container: string, streams?: string): readonly string[] {
	const mounts = [...(request.mounts ?? []), ...(streams === undefined ? [] : [streamsMount(streams)])];
	return [
		'run',
		'--isolation',
		'chroot',
		...mounts.flatMap(mount => ['--volume', planVolume(mount)]),
		...Object.entries(request.env ?? {}).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
		...(request.user === undefined ? [] : ['--user', request.user]),
		...(request.workdir === undefined ? [] : ['--workingdir', request.workdir]),
		container,
		'--',
		...(streams === undefined ? request.argv : printToStreams(request.argv)),
	];
}
