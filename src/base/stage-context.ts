/** The build context of a base image that comes from a registry. */
import {copyFile, mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {BootstrapRepositories} from './plan-bootstrap.js';

/**
Puts the script that the Dockerfile runs into a folder, and below apt/ the files for it to put below /.

@param folder is made.
@returns the folder
*/
export async function stageContext({script, repositories}: {readonly script: string; readonly repositories?: BootstrapRepositories | undefined}, folder: string): Promise<string> {
	const apt = path.join(folder, 'apt');
	await mkdir(apt, {recursive: true});
	await copyFile(script, path.join(folder, path.basename(script)));
	for (const [name, text] of Object.entries(repositories?.files ?? {})) {
		await mkdir(path.join(apt, path.dirname(name)), {recursive: true});
		await writeFile(path.join(apt, name), text);
	}

	const key = repositories?.key;
	if (key !== undefined) {
		await mkdir(path.join(apt, path.dirname(key.place)), {recursive: true});
		await copyFile(key.file, path.join(apt, key.place));
	}

	return folder;
}
