/** An image of one layer as a docker-archive, which every engine loads. */
import path from 'node:path';
import {digestOfFile, writeTar} from '../system/index.js';
import {formatImageManifest} from './format-image-manifest.js';
import type {ImportRequest} from './engine.js';
import {normalizeReference} from './parse-reference.js';

/**
Writes the archive into a folder.

@returns the archive's path.
@throws BuildError STX0903, STX0904, STX0905
*/
export async function writeImageArchive(request: ImportRequest, folder: string, signal?: AbortSignal): Promise<string> {
	const archive = path.join(folder, 'image.tar');
	const digest = 'file' in request ? await digestOfFile(request.file) : request.digest;
	const {config, configName, manifest} = formatImageManifest(request.arch, digest, request.reference === undefined ? undefined : normalizeReference(request.reference));
	await writeTar(
		[
			{name: configName, content: config},
			{name: 'layer.tar', ...('file' in request ? {file: request.file} : {open: request.open, size: request.size})},
			{name: 'manifest.json', content: manifest},
		],
		archive,
		{...(signal && {signal})},
	);
	return archive;
}
