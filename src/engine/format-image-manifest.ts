import {createHash} from 'node:crypto';
import type {Digest} from '../plan/index.js';

/** A fixed time: an image is the same image whenever it is made. */
const created = '1970-01-01T00:00:00Z';

/**
The two documents of a docker-archive with one layer, in the format of `docker save`
(https://github.com/moby/docker-image-spec/blob/main/spec.md).

@param layer the digest of the uncompressed layer, which is in the archive as `layer.tar`.
@param reference the image's name, in full; it has none when not given.
*/
export function formatImageManifest(arch: string, layer: Digest, reference?: string): {readonly config: string; readonly configName: string; readonly manifest: string} {
	const config = JSON.stringify({
		architecture: arch,
		os: 'linux',
		created,
		config: {Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['/bin/sh']},
		rootfs: {type: 'layers', diff_ids: [layer]},
		history: [{created, created_by: 'stx-build'}],
	});
	const configName = `${createHash('sha256').update(config).digest('hex')}.json`;
	const manifest = JSON.stringify([{Config: configName, RepoTags: reference === undefined ? null : [reference], Layers: ['layer.tar']}]);

	return {config, configName, manifest};
}
