/** What the base image is made from: data of build-config/base. */
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
	/** More of them, for an image with StarlingX's repositories. */
	readonly starlingxPackages: readonly string[];
	/** The version of the OS, which is that of the image where no other is given: `13.0`. */
	readonly osVersion: string;
	/** The Dockerfile for a base from a registry, and the script that it runs. */
	readonly dockerfile: string;
	readonly script: string;
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
	const starlingx = await find(`build-config/base/${osName(target)}/starlingx-packages`);
	const version = await find(`build-config/base/${osName(target)}/os-version`);
	const dockerfile = await find('build-config/base/Dockerfile');
	const script = await find('build-config/base/install-packages');
	return {
		packages: parsePackages(await readText(list), list),
		starlingxPackages: parsePackages(await readText(starlingx), starlingx),
		osVersion: parseOsVersion(await readText(version), version),
		dockerfile,
		script,
		digests: [await digestOfFile(dockerfile), await digestOfFile(script)],
	};
}

/** The one word of a file, besides comments. */
function parseOsVersion(text: string, file: string): string {
	const words = text.replaceAll(/#.*$/gmv, '').split(/\s+/v).filter(word => word !== '');
	if (words.length !== 1 || !/^\w[\w.\-]*$/v.test(words[0]!)) {
		throw new BuildError('STX0504', 'the version of the OS must be one word', {at: {file}, hint: 'write it as 13.0'});
	}

	return words[0]!;
}
