/** Containers as buildah keeps them in its storage, without the storage. */
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';

/** @param containers the mounts.conf of each, by its id. */
export async function writeContainers(storage: string, containers: Readonly<Record<string, string>>): Promise<void> {
	for (const [id, mountsFile] of Object.entries(containers)) {
		const folder = path.join(storage, 'overlay-containers', id, 'userdata');
		await mkdir(folder, {recursive: true});
		await writeFile(path.join(folder, 'buildah.json'), JSON.stringify({type: 'buildah 0.0.1', defaultMountsFilePath: mountsFile}));
	}
}
