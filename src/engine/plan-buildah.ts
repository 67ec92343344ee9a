/** The command lines of buildah, without the program and its global options. */
import type {BuildRequest, RunRequest} from './engine.js';
import {planPathField} from './plan-mount.js';
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

@param idFile where the id of the image is to be written; without it this is the command line for people, with secrets named by id only.
*/
export function planBuildahBuild(request: BuildRequest, idFile?: string): readonly string[] {
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
		...(idFile === undefined ? [] : ['--iidfile', idFile]),
		...(request.target === undefined ? [] : ['--target', request.target]),
		...Object.entries(request.labels ?? {}).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
		...Object.entries(request.buildArgs).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
		...(request.secrets ?? []).flatMap(({id, source}) => ['--secret', idFile === undefined ? `id=${id}` : `id=${id},src=${planPathField(source)}`]),
		'--file',
		request.file,
		request.context,
	];
}

/** A working container. @param container its name. */
export function planBuildahFrom(image: string, container: string): readonly string[] {
	return ['from', '--pull=never', '--quiet', '--name', container, normalizeReference(image)];
}

/** Says nothing of the network: with chroot isolation buildah ignores it, and `confine` sees to it. */
export function planBuildahRun(request: RunRequest, container: string): readonly string[] {
	return [
		'run',
		'--isolation',
		'chroot',
		...(request.mounts ?? []).flatMap(({source, target, readOnly}) => ['--mount', `type=bind,source=${planPathField(source)},destination=${planPathField(target)}${readOnly ? ',ro' : ',rw'}`]),
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
