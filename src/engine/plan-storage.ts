/** The command lines of buildah and podman that are the same to the letter, without the program and its global options. */
import type {BuildRequest, EngineName} from './engine.js';
import type {Limits} from './parse-limits.js';
import {planBuildOptions} from './plan-build-options.js';
import {isLoopbackRegistry, normalizeReference, registryOf} from './parse-reference.js';

export type StorageProgram = Exclude<EngineName, 'docker'>;

/**
Global options.

@param storageDriver where not the default one.
@param mountsFile replaces the host's mounts.conf, which would put files of the host into every container.
*/
export function planStorageOptions({storageDriver, mountsFile}: {readonly storageDriver?: string | undefined; readonly mountsFile?: string} = {}): readonly string[] {
	return [
		...(storageDriver === undefined ? [] : ['--storage-driver', storageDriver]),
		...(mountsFile === undefined ? [] : ['--default-mounts-file', mountsFile]),
	];
}

/**
Docker's image format, for OCI's has no SHELL and no HEALTHCHECK. One layer for all instructions, as buildah does unasked:
podman would make an image of each. What an image begins with is taken as it is here, and fetched where it is not: buildah
before 1.37 asks the registry for a newer one unless it is told, and `false` is `missing` only before podman 5.0 and buildah 1.35,
and `never` since.

@param limits of the process that builds.
@param idFile where the id of the image is to be written; without it this is the command line for people, with secrets named by id only.
*/
export function planStorageBuild(request: BuildRequest, limits: Limits, idFile?: string): readonly string[] {
	return [
		'build',
		'--isolation',
		'chroot',
		'--network',
		'host',
		'--format',
		'docker',
		'--no-cache',
		'--pull=missing',
		'--layers=false',
		'--force-rm',
		'--http-proxy=false',
		'--identity-label=false',
		...planUlimits(limits),
		...planBuildOptions(request, idFile),
	];
}

/** What buildah and podman ask for when they are told nothing. */
const usualLimit = 1_048_576;

/** Keeps the limits of this machine where they are lower than what would be asked for: without the right to raise them that fails. */
export function planUlimits(limits: Limits): readonly string[] {
	return Object.entries(limits).flatMap(([name, limit]) => limit < usualLimit ? ['--ulimit', `${name}=${limit}:${limit}`] : []);
}

/** An image in an archive that `docker save` could have written. It prints the id. */
export const planStorageLoad = (archive: string): readonly string[] => ['pull', '--quiet', `docker-archive:${archive}`];

/** It prints the id. podman always asks the registry, buildah has to be told. */
export const planStoragePull = (program: StorageProgram, reference: string): readonly string[] =>
	['pull', '--quiet', ...(program === 'buildah' ? ['--policy', 'always'] : []), ...planTls(reference), normalizeReference(reference)];

/** Takes away this name, and of images the one that had it: unasked, podman takes the images below it too. */
export const planStorageRemove = (program: StorageProgram, reference: string): readonly string[] =>
	['rmi', ...(program === 'podman' ? ['--no-prune'] : []), normalizeReference(reference)];

/** @param digestFile where the digest of the manifest is to be written. */
export const planStoragePush = (image: string, reference: string, digestFile: string): readonly string[] =>
	['push', '--quiet', ...planTls(reference), '--digestfile', digestFile, normalizeReference(image), `docker://${normalizeReference(reference)}`];

/** Docker speaks plain HTTP to registries of this machine unasked; others want to be told. */
const planTls = (reference: string): readonly string[] => isLoopbackRegistry(registryOf(reference)) ? ['--tls-verify=false'] : [];
