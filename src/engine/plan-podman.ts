/** The command lines that only podman has, without the program and its global options. */
import type {RunRequest} from './engine.js';
import type {Limits} from './parse-limits.js';
import {processLimit} from './plan-confinement.js';
import {planContainerOptions} from './plan-container.js';
import {planUlimits} from './plan-storage.js';
import {normalizeReference} from './parse-reference.js';

/** What every container gets: nothing of the host's variables and logs, and no guesses about what runs in it. */
const plain = ['--http-proxy=false', '--unsetenv', 'container', '--systemd', 'false', '--log-driver', 'none'] as const;

/** A container that is not started yet. @param limits of the process that runs podman. */
export function planPodmanCreate(request: RunRequest, limits: Limits): readonly string[] {
	const [program, ...args] = request.argv;
	return [
		'create',
		// Also when nobody is there any more to remove it.
		'--rm',
		'--pull',
		'never',
		'--network',
		request.network,
		...plain,
		...planUlimits(limits),
		...planContainerOptions(request),
		'--entrypoint',
		// As a list of one word: podman takes anything else that reads as JSON for something else.
		JSON.stringify([program]),
		normalizeReference(request.image),
		...args,
	];
}

/** Ends a container and takes it away, at once; its id follows. */
export const planPodmanRemove = ['rm', '--force', '--ignore', '--time', '0', '--volumes'] as const;

/**
Runs a program of this machine in a container that has no image: whether podman can make containers here at all.

@param folder an empty root, with links to what is in /usr.
@param limits of the process that runs podman.
*/
export function planPodmanTrial(folder: string, limits: Limits): readonly string[] {
	return [
		'run',
		'--rm',
		'--network',
		'none',
		...plain,
		...planUlimits(limits),
		'--cap-drop',
		'ALL',
		'--security-opt',
		'no-new-privileges',
		'--pids-limit',
		String(processLimit),
		'--volume',
		'/usr:/usr:ro',
		'--rootfs',
		folder,
		'/usr/bin/true',
	];
}
