/** Reads the settings files and puts them together with options and environment. */
import {access, readFile} from 'node:fs/promises';
import path from 'node:path';
import {BuildError, collect, throwProblems} from '../errors.js';
import {isFolder, type ConfigFolders} from './config-folders.js';
import {parseIni} from './parse-ini.js';
import {parseSettings, type SettingOptions, type Surroundings} from './parse-settings.js';

/**
The settings of this run.

@throws BuildError STX0101 to STX0104, all errors of all files at once.
*/
export async function readSettings(options: SettingOptions, folders: ConfigFolders, surroundings: Surroundings): Promise<ReturnType<typeof parseSettings>> {
	const problems: BuildError[] = [];
	const texts = await Promise.all(folders.roots.map(async root => {
		const file = path.join(root, 'build-config', 'stx-build.ini');
		return {file, text: await readOptional(file)};
	}));
	const files = texts.flatMap(({file, text}) => (text === undefined ? [] : collect(problems, () => parseIni(text, file)) ?? []));
	const parsed = collect(problems, () => parseSettings(options, files, surroundings));
	const {caBundle, repo} = parsed?.settings ?? {};
	if (caBundle !== undefined && await access(caBundle).then(() => false, () => true)) {
		problems.push(new BuildError('STX0104', `the CA bundle \`${caBundle}\` (from ${parsed!.sourced.caBundle.from}) does not exist`, {hint: 'on Debian it is /etc/ssl/certs/ca-certificates.crt, of the package ca-certificates'}));
	}

	// Of what is not there nothing would be found, and ours would be taken in its place.
	if (repo !== undefined && !await isFolder(repo)) {
		problems.push(new BuildError('STX0104', `there is no folder \`${repo}\` (from ${parsed!.sourced.repo.from})`, {hint: 'name the folder of StarlingX\'s cgcs-root, or take its setting away'}));
	}

	throwProblems(problems);
	return parsed!;
}

/** The text of a file; undefined when there is none. @throws BuildError STX0903 */
async function readOptional(file: string): Promise<string | undefined> {
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
			return undefined;
		}

		throw new BuildError('STX0903', `\`${file}\` cannot be read`, {at: {file}, cause: error});
	}
}
