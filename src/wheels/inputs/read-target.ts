/** The interpreter and platform that wheels of an OS are for. */
import path from 'node:path';
import {BuildError} from '../../errors.js';
import {createTarget, type Target} from '../../python/index.js';
import {readText} from '../../system/index.js';
import {findConfig, type ConfigFolders} from '../../workspace/index.js';
import {knownTargets} from './known-targets.js';
import {parseTargetIni} from './parse-target-ini.js';

/**
The target of an OS: from its target.ini where there is one, else known.

@param os `<os>-<codename>`.
@param arch Debian's name of the architecture.
@throws BuildError STX0406 for an OS that is not known, or a target.ini that is wrong; STX0210.
*/
export async function readTarget(folders: ConfigFolders, os: string, arch: string): Promise<Target> {
	const relative = path.join('wheels', os, 'target.ini');
	const file = await findConfig(folders, relative);
	const versions = file === undefined ? knownTargets[os] : parseTargetIni(await readText(file), file);
	if (versions === undefined) {
		throw new BuildError('STX0406', `which Python and which glibc \`${os}\` has is not known`, {at: {file: path.join(folders.roots[0] ?? '.', relative)}, hint: `write that file: a section [target] with \`python\` and \`glibc\`; known are ${Object.keys(knownTargets).map(name => `\`${name}\``).join(', ')}`});
	}

	return createTarget({...versions, arch});
}
