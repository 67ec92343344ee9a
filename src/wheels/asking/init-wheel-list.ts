/** Makes a wheel list of one's own from StarlingX's. */
import {BuildError} from '../../errors.js';
import {exists, readText, writeWhole} from '../../system/index.js';
import {osName, type ConfigFolders, type Settings} from '../../workspace/index.js';
import {absentFile, findWheelFile} from '../inputs/find-wheel-file.js';
import {readConstraints, type FetchDocument} from '../inputs/read-constraints.js';
import {readTarget} from '../inputs/read-target.js';
import {reduceWheelList, type ReducedList} from './reduce-wheel-list.js';

export type InitRequest = {
	readonly folders: ConfigFolders;
	readonly settings: Pick<Settings, 'os' | 'codename' | 'stream' | 'arch' | 'repo'>;
	/** The list to begin with, absolute. */
	readonly from: string;
	/** Where the new one is written; nowhere when it is undefined. */
	readonly output?: string | undefined;
};

/**
Reduces a wheel list to what the constraints do not say.

@throws BuildError STX0904 when the output is there already; those of the constraints and of the target.
*/
export async function initWheelList({folders, settings, from, output}: InitRequest, fetchDocument: FetchDocument): Promise<ReducedList> {
	if (output !== undefined && await exists(output)) {
		throw new BuildError('STX0904', `\`${output}\` is there already`, {at: {file: output}, hint: 'take it out of the way, or name another file with --output'});
	}

	const os = osName(settings);
	const place = await findWheelFile({folders, repo: settings.repo, os}, 'openstack.cfg');
	if (place === undefined) {
		throw await absentFile({folders, repo: settings.repo}, `wheels/${os}/openstack.cfg`);
	}

	const [text, target, {constraints}] = await Promise.all([readText(from), readTarget(folders, os, settings.arch), readConstraints(place, settings.stream, fetchDocument)]);
	const reduced = reduceWheelList(text, from, {target, constraints});
	if (output !== undefined) {
		await writeWhole(output, reduced.text);
	}

	return reduced;
}
