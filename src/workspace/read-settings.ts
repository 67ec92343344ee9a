/** Reads the settings files and puts them together with options and environment. */
import {access} from 'node:fs/promises';
import path from 'node:path';
import {
	BuildError, collect, collectAsync, problemsOf, throwProblems,
} from '../errors.js';
import {isFolder, type ConfigFolders} from './config-folders.js';
import {gatherIni, notFollowing} from './parse-ini.js';
import {parseSettings, type SettingOptions, type Surroundings} from './parse-settings.js';

/**
The settings of this run.

@throws BuildError STX0101 to STX0104, STX0903, all errors of all files at once.
*/
export async function readSettings(options: SettingOptions, folders: ConfigFolders, surroundings: Surroundings): Promise<ReturnType<typeof parseSettings>> {
	const problems: BuildError[] = [];
	const texts = await Promise.all(folders.roots.map(async root => {
		const file = path.join(root, 'build-config', 'stx-build.ini');
		return {file, text: await collectAsync(problems, async () => readOptional(file))};
	}));
	const read = texts.flatMap(({file, text}) => text === undefined ? [] : [gatherIni(text, file)]);
	const found: BuildError[] = [];
	const parsed = collect(found, () => parseSettings(options, read.map(({ini}) => ini), surroundings));
	const flat = found.flatMap(problem => problemsOf(problem));
	// What a file says is told behind what cannot be read in it; what others say, in any case.
	const isIn = (problem: BuildError, file: string): boolean => problem.at.some(place => 'file' in place && place.file === file);
	problems.push(
		...read.flatMap(({ini, problems: unread}) => [...unread, ...notFollowing(flat.filter(problem => isIn(problem, ini.file)), ini, unread)]),
		...flat.filter(problem => read.every(({ini}) => !isIn(problem, ini.file))),
	);
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
	const isThere = await access(file).then(() => true, (error: unknown) => !(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')));
	if (!isThere) {
		return undefined;
	}

	// Loaded only now: what everything imports must load fast.
	const {readText} = await import('../system/index.js');
	return readText(file);
}
