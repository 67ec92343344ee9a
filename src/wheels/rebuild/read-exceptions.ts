import {BuildError} from '../../errors.js';
import type {NormalizedName} from '../../python/index.js';
import {readText} from '../../system/index.js';
import {findConfig, type ConfigFolders} from '../../workspace/index.js';
import {parseExceptions, type Exception} from './parse-exceptions.js';

const name = 'wheels/not-reproducible.ini';

/** The wheels that may differ when they are built again: of the user's file, else of the package's. @throws BuildError STX0406, STX0903 */
export async function readExceptions(folders: ConfigFolders): Promise<ReadonlyMap<NormalizedName, Exception>> {
	const file = await findConfig(folders, name);
	if (file === undefined) {
		throw new BuildError('STX0903', `there is no \`${name}\``, {hint: 'make one; it may be empty'});
	}

	return parseExceptions(await readText(file), file);
}
