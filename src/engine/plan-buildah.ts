/** The command lines of buildah, without the program and its global options. */
import type {BuildRequest, RunRequest} from './engine.js';
import type {Limits} from './parse-limits.js';
import {planBuildOptions} from './plan-build-options.js';
import {planVolume} from './plan-mount.js';
import {isLoopbackRegistry, normalizeReference, registryOf} from './parse-reference.js';

/**
Global options.

@param storageDriver where not the default one.
@param mountsFile replaces the host's mounts.conf, which would put files of the host into every container.
*/
export function planBuildahOptions({storageDriver, mountsFile}: {readonly storageDriver?: string | undefined; readonly mountsFile?: string} = {}): readonly string[] {
	return [
		...(storageDriver === undefined ? [] : ['--storage-driver', storageDriver]),
		...(mountsFile === undefined ? [] : ['--default-mounts-file', mountsFile]),
	];
}

/**
Docker's image format, for OCI's has no SHELL and no HEALTHCHECK.

@param limits of the process that runs buildah.
@param idFile where the id of the image is to be written; without it this is the command line for people, with secrets named by id only.
*/
export function planBuildahBuild(request: BuildRequest, limits: Limits, idFile?: string): readonly string[] {
	return [
		'build',
		'--isolation',
		'chroot',
		'--network',
		'host',
		'--format',
		'docker',
		'--no-cache',
		'--force-rm',
		'--http-proxy=false',
		'--identity-label=false',
		...planUlimits(limits),
		...planBuildOptions(request, idFile),
	];
}

/** What buildah asks for when it is told nothing. */
const usualLimit = 1_048_576;

/** Keeps the limits of this machine where they are lower than what buildah would ask for: without the right to raise them it fails. */
function planUlimits(limits: Limits): readonly string[] {
	return Object.entries(limits).flatMap(([name, limit]) => limit < usualLimit ? ['--ulimit', `${name}=${limit}:${limit}`] : []);
}

/** A working container. @param container its name. @param limits of the process that runs buildah. */
export function planBuildahFrom(image: string, container: string, limits: Limits): readonly string[] {
	return ['from', '--pull=never', '--quiet', ...planUlimits(limits), '--name', container, normalizeReference(image)];
}

/**
Says nothing of the network: with chroot isolation buildah ignores it, and `confine` sees to it. Mounts are volumes, for
what is written to a `--mount type=bind` is thrown away since buildah 1.38.
*/
export function planBuildahRun(request: RunRequest, container: string): readonly string[] {
	return [
		'run',
		'--isolation',
		'chroot',
		...(request.mounts ?? []).flatMap(mount => ['--volume', planVolume(mount)]),
		...Object.entries(request.env ?? {}).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
		...(request.user === undefined ? [] : ['--user', request.user]),
		...(request.workdir === undefined ? [] : ['--workingdir', request.workdir]),
		container,
		'--',
		...request.argv,
	];
}

export function planBuildahPull(reference: string): readonly string[] {
	return ['pull', '--quiet', '--policy', 'always', ...planTls(reference), normalizeReference(reference)];
}

/** @param digestFile where the digest of the manifest is to be written. */
export function planBuildahPush(reference: string, digestFile: string): readonly string[] {
	const full = normalizeReference(reference);
	return ['push', '--quiet', ...planTls(reference), '--digestfile', digestFile, full, `docker://${full}`];
}

/** Docker speaks plain HTTP to registries of this machine unasked; buildah wants to be told. */
function planTls(reference: string): readonly string[] {
	return isLoopbackRegistry(registryOf(reference)) ? ['--tls-verify=false'] : [];
}
