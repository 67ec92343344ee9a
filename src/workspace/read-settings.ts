/** Reads the settings files and puts them together with options and environment. */
import path from 'node:path';
import {BuildError, collect, throwProblems} from '../errors.js';
import {exists, readText} from '../system/index.js';
import type {ConfigFolders} from './config-folders.js';
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
		return await exists(file) ? {file, text: await readText(file)} : undefined;
	}));
	const files = texts.flatMap(entry => (entry ? [collect(problems, () => parseIni(entry.text, entry.file))] : [])).filter(file => file !== undefined);
	const parsed = collect(problems, () => parseSettings(options, files, surroundings));
	const {caBundle} = parsed?.settings ?? {};
	if (caBundle !== undefined && !await exists(caBundle)) {
		problems.push(new BuildError('STX0104', `the CA bundle \`${caBundle}\` (from ${parsed!.sourced.caBundle.from}) does not exist`, {hint: 'on Debian it is /etc/ssl/certs/ca-certificates.crt, of the package ca-certificates'}));
	}

	throwProblems(problems);
	return parsed!;
}
