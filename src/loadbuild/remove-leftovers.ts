/** What killed runs have left where work has its temporary folders. */
import {readdir} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {mountsName, roomyFolder} from '../engine/index.js';
import {removeAbandoned} from '../system/index.js';
import {imagesFolder, wheelsFolder, type Settings} from '../workspace/index.js';
import {updatesFolder} from './updates-folder.js';

/**
Removes the temporary folders that are a day old. What tells engines of containers in a storage stays for them: the
engine of this run, where it has one, need not be the one that has them.
*/
export async function removeLeftovers(settings: Pick<Settings, 'workspace' | 'cache' | 'os' | 'codename' | 'stream'>, now: Date): Promise<void> {
	const {cache} = settings;
	const updates = updatesFolder(settings);
	const ids = await readdir(updates).catch(() => []);
	const contexts = [imagesFolder(settings), ...ids.map(id => path.join(updates, id))].map(folder => path.join(folder, 'context'));
	// The cache's own tmp is seen to by the store.
	const places = new Set([tmpdir(), roomyFolder, wheelsFolder(settings), cache, path.join(cache, 'uv'), ...contexts]);
	await Promise.all([...places].map(async parent => removeAbandoned(parent, now, {mark: mountsName})));
}
