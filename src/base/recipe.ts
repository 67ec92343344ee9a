/** What the base image is made from: data of build-config/base. */
import path from 'node:path';
import {BuildError} from '../errors.js';
import {digestOfFile, readText} from '../system/index.js';
import {
	findConfig, osName, type ConfigFolders, type Settings,
} from '../workspace/index.js';
import type {Digest} from '../plan/index.js';
import {parsePackages} from './parse-packages.js';

export type BaseRecipe = {
	/** Names of Debian packages, sorted. */
	readonly packages: readonly string[];
	/** The Dockerfile for a base from a registry, and the folder that is its context. */
	readonly dockerfile: string;
	readonly context: string;
	/** Digests of the Dockerfile and of the script it runs. */
	readonly digests: readonly Digest[];
};

/**
Reads the recipe for one OS.

@throws BuildError STX0504 when there is none, or its list of packages is wrong.
*/
export async function readBaseRecipe(folders: ConfigFolders, target: Pick<Settings, 'os' | 'codename'>): Promise<BaseRecipe> {
	const find = async (relative: string): Promise<string> => {
		const file = await findConfig(folders, relative);
		if (file === undefined) {
			throw new BuildError('STX0504', `there is no \`${relative}\`, which says what the base image of ${osName(target)} is made of`, {hint: 'write it in your own build-config/, or check --os and --os-codename'});
		}

		return file;
	};

	const list = await find(`build-config/base/${osName(target)}/packages`);
	const dockerfile = await find('build-config/base/Dockerfile');
	const script = await find('build-config/base/install-packages');
	return {
		packages: parsePackages(await readText(list), list),
		dockerfile,
		context: path.dirname(script),
		digests: [await digestOfFile(dockerfile), await digestOfFile(script)],
	};
}
