/** Says all that there is to say about wheel lists, without fetching what they list. */
import path from 'node:path';
import {
	BuildError, collectAsync, problemsOf, throwProblems,
} from '../../errors.js';
import {createTarget, type Target} from '../../python/index.js';
import {exists, readText} from '../../system/index.js';
import {
	osName, type ConfigFolders, type Settings, type Stream,
} from '../../workspace/index.js';
import {compareWithConstraints} from './compare-constraints.js';
import {absentFile, findWheelFile, isWheelFolder} from './find-wheel-file.js';
import {parseTargetIni} from './parse-target-ini.js';
import type {Finding} from './parse-wheel-line.js';
import {parseWheelList} from './parse-wheel-list.js';
import {readConstraints, type FetchDocument} from './read-constraints.js';
import {readTarget} from './read-target.js';
import {servicesLeftOut} from './services-left-out.js';

export type LintRequest = {
	readonly folders: ConfigFolders;
	readonly settings: Pick<Settings, 'os' | 'codename' | 'arch' | 'stream' | 'repo'>;
	/** Lists, absolute; empty for those that are configured. */
	readonly files: readonly string[];
	/** Settings that the user gave for this very run: they count more than what a list's place and name say. */
	readonly given: {readonly codename: boolean; readonly stream: boolean};
	readonly fetchDocument: FetchDocument;
};

export type LintedList = {
	readonly file: string;
	/** `debian-trixie`. */
	readonly os: string;
	readonly target: Pick<Target, 'python' | 'glibc' | 'arch'>;
	/** The constraints that it was compared with, if there are any. */
	readonly constraints: string | undefined;
	/** How many lines list something, and the wheels of how many can be used. */
	readonly lines: number;
	readonly usable: number;
	/** In the order of the lines. */
	readonly findings: readonly Finding[];
};

/**
Reads wheel lists with all that is wrong with them, and compares them with the constraints.

A list is for the OS that was asked for, else for the one that its folder is named for (`debian-bullseye`), else for that
of the settings; and for the stream in its name. One in a folder that builds look in is read as a build reads it: with the
target.ini and the openstack.cfg that count there. Any other one is read with those beside it, where there are any.

@throws BuildError STX0903 for each list that cannot be read, STX0406 for an OS of which nothing is known.
*/
export async function lintWheelLists(request: LintRequest): Promise<readonly LintedList[]> {
	const files = request.files.length > 0 ? request.files : await configuredLists(request);
	const read = await Promise.all(files.map(async file => {
		const problems: BuildError[] = [];
		return {list: await collectAsync(problems, async () => lintWheelList(file, request)), problems};
	}));
	throwProblems(read.flatMap(({problems}) => problems));
	return read.map(({list}) => list!);
}

/** The list of the stream, and the one for Python 2 that lies beside it. */
async function configuredLists({folders, settings}: LintRequest): Promise<readonly string[]> {
	const os = osName(settings);
	const name = `${settings.stream}-wheels.cfg`;
	const file = await findWheelFile({folders, repo: settings.repo, os}, name);
	if (file === undefined) {
		throw await absentFile({folders, repo: settings.repo}, `wheels/${os}/${name}`);
	}

	const old = file.replace(/\.cfg$/v, '-py2.cfg');
	return await exists(old) ? [file, old] : [file];
}

async function lintWheelList(file: string, {folders, settings, given, fetchDocument}: LintRequest): Promise<LintedList> {
	const text = await readText(file);
	const folder = path.dirname(file);
	const os = given.codename ? osName(settings) : /^[a-z]+-[a-z]+$/v.exec(path.basename(folder))?.[0] ?? osName(settings);
	const named = /^(?<stream>dev|stable)-/v.exec(path.basename(file))?.groups?.stream as Stream | undefined;
	const stream = given.stream ? settings.stream : named ?? settings.stream;
	const where = {folders, repo: settings.repo, os};
	const isAlone = !given.codename && !isWheelFolder(folder, where);
	const own = path.join(folder, 'target.ini');
	const target = isAlone && await exists(own)
		? createTarget({...parseTargetIni(await readText(own), own), arch: settings.arch})
		: await readTarget(folders, os, settings.arch);
	const list = parseWheelList(text, file, target);
	const beside = path.join(folder, 'openstack.cfg');
	const cfg = isAlone && await exists(beside) ? beside : await findWheelFile(where, 'openstack.cfg');
	// No build reads a list for Python 2, nor compares it with anything.
	const compared = cfg === undefined || list.isForPythonTwo ? undefined : await compare();
	return {
		file,
		os,
		target,
		constraints: compared?.constraints,
		lines: list.lines,
		usable: list.entries.length,
		findings: [...list.findings, ...compared?.findings ?? []].toSorted((a, b) => a.at.line - b.at.line),
	};

	async function compare(): Promise<{readonly constraints: string | undefined; readonly findings: readonly Finding[]}> {
		try {
			const {constraints} = await readConstraints(cfg!, stream, fetchDocument);
			return {constraints: constraints.file, findings: compareWithConstraints(list.listed, constraints, target, servicesLeftOut)};
		} catch (error) {
			if (!(error instanceof BuildError)) {
				throw error;
			}

			// What is wrong with the constraints does not hide what is wrong with the list.
			return {constraints: undefined, findings: problemsOf(error).map(problem => ({severity: 'error', problem, at: placeOf(problem, cfg!)}))};
		}
	}
}

function placeOf({at: [place]}: BuildError, otherwise: string): Finding['at'] {
	return place === undefined ? {file: otherwise, line: 1} : {file: 'url' in place ? place.url : place.file, line: 'line' in place ? place.line ?? 1 : 1};
}
