/** The release files of Debian repositories, fetched and verified by apt itself. */
import {mkdir, readdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {BuildError} from '../errors.js';
import {readText, type Runner, type RunOptions} from '../system/index.js';
import type {SuiteState} from './apt-state.js';
import {explainApt} from './explain-apt.js';
import type {AptSurroundings} from './format-apt-conf.js';
import {parseRelease} from './parse-release.js';
import {
	aptFolders, aptLists, planProxyVariables, planReleaseConf, type BootstrapInputs,
} from './plan-bootstrap.js';

/**
Fetches the release files of the sources; apt checks that they are signed with the keys that are named for them.

@param folder an empty folder for apt.
@returns each file's name, as apt names it, with what it says.
@throws BuildError STX0502 when one cannot be had or is not signed by Debian.
*/
export async function readReleases(inputs: BootstrapInputs, {run, folder, surroundings, options}: {
	readonly run: Runner;
	readonly folder: string;
	readonly surroundings: AptSurroundings;
	readonly options: RunOptions;
}): Promise<ReadonlyMap<string, SuiteState>> {
	for (const each of aptFolders) {
		await mkdir(path.join(folder, each), {recursive: true});
	}

	const sources = [...inputs.repositories?.sources ?? [], ...inputs.sources];
	const conf = path.join(folder, 'apt.conf');
	await writeFile(conf, planReleaseConf(folder, inputs.arch, surroundings), {mode: 0o600});
	await writeFile(path.join(folder, 'var/lib/dpkg/status'), '');
	await writeFile(path.join(folder, 'etc/apt/sources.list'), sources.map(line => `${line}\n`).join(''));
	const result = await run({argv: ['apt-get', 'update'], env: {APT_CONFIG: conf, ...planProxyVariables(surroundings)}}, {...options, timeoutSeconds: 300});
	const lists = path.join(folder, aptLists);
	const fetched = await readdir(lists);
	const names = fetched.filter(name => /(?:In|_)Release$/v.test(name)).toSorted();
	if (result.exitCode !== 0 || names.length !== new Set(sources.map(line => suiteOf(line))).size) {
		throw explainApt(result, options) ?? new BuildError('STX0502', `apt has ${names.length} of the ${sources.length} release files of ${inputs.codename}\n${result.output.trimEnd()}`, {hint: 'check the mirrors, and that they have signed InRelease files'});
	}

	const states = new Map<string, SuiteState>();
	for (const name of names) {
		states.set(name, parseRelease(await readText(path.join(lists, name)), name));
	}

	return states;
}

/** Two lines of one suite have one release file. */
const suiteOf = (line: string): string => line.replace(/^deb(?:-src)?\s+(?:\[[^\]]*\]\s+)?/v, '').split(/\s+/v).slice(0, 2).join(' ');
