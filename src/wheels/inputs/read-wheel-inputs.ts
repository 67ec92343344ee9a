/** Reads wheels/<os>-<codename>/ and what stands beside it. */
import path from 'node:path';
import {BuildError, collectAsync, throwProblems} from '../../errors.js';
import {keyOf, type Digest} from '../../plan/index.js';
import type {NormalizedName} from '../../python/index.js';
import {digestOfFile, exists, readText} from '../../system/index.js';
import {
	findConfig, osName, type ConfigFolders, type Settings,
} from '../../workspace/index.js';
import {compareWithConstraints} from './compare-constraints.js';
import {absentFile, findWheelFile} from './find-wheel-file.js';
import type {WheelInputs} from './inputs.js';
import {parseModules, type ModuleEntries} from './parse-modules.js';
import {parseBuilderPackages, parseNames, parseToolchain} from './parse-lists.js';
import {parseWheelList, usableEntries} from './parse-wheel-list.js';
import {readBuildSettings} from './read-build-settings.js';
import {readConstraints, type FetchDocument} from './read-constraints.js';
import {readModule} from './read-module.js';
import {readTarget} from './read-target.js';
import {servicesLeftOut} from './services-left-out.js';

type InputSettings = Pick<Settings, 'os' | 'codename' | 'stream' | 'arch' | 'repo'>;

/** The files of the builder: its Dockerfile, and the scripts that run in it. */
const builderFiles = ['Dockerfile', 'build-wheel', 'make-environment'] as const;

export type ReadOptions = {
	/** Brings constraints that openstack.cfg has an address of. */
	readonly fetchDocument: FetchDocument;
	/** Go on without the lines of the wheel list that cannot be used. */
	readonly allowUnusable?: boolean;
};

/**
Reads all inputs of the wheels of one OS and stream. Each file is looked for in the user's folder first, then in the
package's; the wheel list and openstack.cfg in StarlingX's checkout in between.

@throws BuildError with all that is wrong in all of the files: STX0401 to STX0406, STX0414, those of constraint files,
and STX0903 for a file that is not there.
*/
export async function readWheelInputs(folders: ConfigFolders, settings: InputSettings, {fetchDocument, allowUnusable = false}: ReadOptions): Promise<WheelInputs> {
	const problems: BuildError[] = [];
	const os = osName(settings);
	const place = `wheels/${os}`;
	const find = async (relative: string): Promise<string> => {
		const file = await findConfig(folders, relative);
		if (file === undefined) {
			throw await absentFile({folders, repo: settings.repo}, relative);
		}

		return file;
	};

	const attempt = async <T>(read: () => Promise<T>): Promise<T | undefined> => collectAsync(problems, read);

	const parseFile = async <T>(relative: string, parse: (text: string, file: string) => T | Promise<T>): Promise<T | undefined> => attempt(async () => {
		const file = await find(relative);
		return parse(await readText(file), file);
	});

	const findListed = async (name: string): Promise<string> => {
		const file = await findWheelFile({folders, repo: settings.repo, os}, name);
		if (file === undefined) {
			throw await absentFile({folders, repo: settings.repo}, `${place}/${name}`);
		}

		return file;
	};

	const target = await attempt(async () => readTarget(folders, os, settings.arch));
	const wheelList = target && await attempt(async () => {
		const file = await findListed(`${settings.stream}-wheels.cfg`);
		return usableEntries(parseWheelList(await readText(file), file, target), {allowUnusable});
	});
	const constraints = await attempt(async () => readConstraints(await findListed('openstack.cfg'), settings.stream, fetchDocument));
	const toolchain = await parseFile('wheels/toolchain.txt', parseToolchain);
	const toolsOfRelease = await attempt(async () => {
		const file = await findConfig(folders, `${place}/toolchain.txt`);
		return file === undefined ? [] : parseToolchain(await readText(file), file);
	});
	const buildSettings = await attempt(async () => mergeBuildSettings(folders, await find('wheels/build-settings.ini'), await findConfig(folders, `${place}/build-settings.ini`)));
	const builderPackages = await parseFile(`${place}/builder-packages`, parseBuilderPackages);
	const modules = await attempt(async () => {
		const {folders: entries, git} = await readModuleEntries(folders);
		const read = await Promise.all(entries.map(async entry => attempt(async () => readModule(entry, settings.repo))));
		return {folders: read.filter(module => module !== undefined), git};
	});
	const onlyLocal = await parseFile('wheels/only-local.txt', parseNames);
	const builder = await attempt(async () => {
		const files = await Promise.all(builderFiles.map(async name => find(`wheels/builder/${name}`)));
		const digests = await Promise.all(files.map(async file => digestOfFile(file)));
		if (new Set(files.map(file => path.dirname(file))).size > 1) {
			throw new BuildError('STX0406', `\`wheels/builder\` must have all of ${builderFiles.map(name => `\`${name}\``).join(', ')}`, {at: files.map(file => ({file})), hint: 'copy the others beside it'});
		}

		return {folder: path.dirname(files[0]!), recipe: keyOf(digests) as string as Digest};
	});
	if (wheelList && modules) {
		refuseListedTwice(wheelList.entries, modules.folders, problems);
	}

	throwProblems(problems);
	return {
		target: target!,
		wheelList: wheelList!.entries,
		leftOut: wheelList!.leftOut,
		allowUnusable,
		...constraints!,
		contradictions: compareWithConstraints(wheelList!.entries, constraints!.constraints, target!, servicesLeftOut).map(({problem}) => problem),
		modules: modules!.folders,
		// A line of the wheel list is meant for everybody, a git module for who needs it.
		gitModules: modules!.git.filter(({name}) => wheelList!.entries.every(entry => entry.name !== name)),
		localWheels: [],
		missingDebs: [],
		onlyLocal: onlyLocal!,
		toolchain: [...toolchain!.filter(({name}) => !toolsOfRelease!.some(pin => pin.name === name)), ...toolsOfRelease!],
		buildSettings: buildSettings!,
		builderPackages: builderPackages!,
		builderFolder: builder!.folder,
		builderRecipe: builder!.recipe,
	};
}

/**
The build settings of all releases and of one. Of a distribution that both have, the section of the nearer folder counts:
what a user writes for all releases, before what the package has for one. In one folder it is that of the release.
*/
async function mergeBuildSettings({roots}: ConfigFolders, ofAll: string, ofRelease: string | undefined): Promise<WheelInputs['buildSettings']> {
	const read = async (file: string) => readBuildSettings(await readText(file), file);
	if (ofRelease === undefined) {
		return read(ofAll);
	}

	const distanceOf = (file: string): number => roots.findIndex(root => file.startsWith(path.join(root, path.sep)));
	const [all, release] = await Promise.all([read(ofAll), read(ofRelease)]);
	return new Map(distanceOf(ofAll) < distanceOf(ofRelease) ? [...release, ...all] : [...all, ...release]);
}

/** The sections of all roots' modules.ini. Of a name that several have, the user's counts. */
async function readModuleEntries({roots}: ConfigFolders): Promise<ModuleEntries> {
	const all: ModuleEntries[] = [];
	for (const root of roots) {
		const file = path.join(root, 'wheels', 'modules.ini');
		if (await exists(file)) {
			const earlier = new Set(all.flatMap(({folders, git}) => [...folders, ...git]).map(({name}) => name));
			const isNew = ({name}: {readonly name: NormalizedName}): boolean => !earlier.has(name);
			const {folders, git} = parseModules(await readText(file), file);
			all.push({folders: folders.filter(entry => isNew(entry)), git: git.filter(entry => isNew(entry))});
		}
	}

	return {folders: all.flatMap(({folders}) => folders), git: all.flatMap(({git}) => git)};
}

function refuseListedTwice(wheelList: WheelInputs['wheelList'], modules: WheelInputs['modules'], problems: BuildError[]): void {
	for (const module of modules) {
		const entry = wheelList.find(({name}) => name === module.name);
		if (entry) {
			problems.push(new BuildError('STX0403', `\`${module.name}\` is both a local module and in the wheel list`, {at: [module.at, entry.at].flat(), hint: 'keep one of the two'}));
		}
	}
}
