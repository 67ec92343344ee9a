/** The command lines of docker, without the program. */
import type {BuildRequest, RunRequest} from './engine.js';
import {planBuildOptions} from './plan-build-options.js';
import {planContainerOptions} from './plan-container.js';
import {normalizeReference} from './parse-reference.js';

/**
Variables that every call gets. BuildKit is what `RUN --mount` needs: clients before 23 have it inside and want to be
asked, later ones take it from buildx. Attestations would make an index of each image.
*/
export const dockerVariables = {DOCKER_BUILDKIT: '1', BUILDX_NO_DEFAULT_ATTESTATIONS: '1'} as const;

/** @param idFile where the id of the image is to be written; without it this is the command line for people, with secrets named by id only. */
export function planDockerBuild(request: BuildRequest, idFile?: string): readonly string[] {
	return [
		'build',
		'--progress',
		'plain',
		'--no-cache',
		'--network',
		'host',
		...planBuildOptions(request, idFile),
	];
}

/** Builds nothing and keeps nothing: whether a daemon answers, lets us in, and has BuildKit. The Dockerfile comes on standard input. */
export const dockerTrial = {args: ['build', '--output', 'type=tar,dest=/dev/null', '-'], input: 'FROM scratch\nLABEL stx-build=trial\n'} as const;

/** A container that is not started yet. */
export function planDockerCreate(request: RunRequest): readonly string[] {
	const [program, ...args] = request.argv;
	return [
		'create',
		// Also when nobody is there any more to remove it.
		'--rm',
		'--pull',
		'never',
		'--network',
		request.network,
		...planContainerOptions(request),
		// The daemon would write a log of its own, of any length.
		...(request.untrusted ? ['--log-driver', 'none'] : []),
		'--entrypoint',
		program,
		normalizeReference(request.image),
		...args,
	];
}
