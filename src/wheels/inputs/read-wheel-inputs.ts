/** Reads wheels/<os>-<codename>/ and what stands beside it. */
import path from 'node:path';
import {BuildError, throwProblems} from '../../errors.js';
import {keyOf, type Digest} from '../../plan/index.js';
import {
	createTarget, normalizeName, parseConstraints, parseGlobalRequirements, type NormalizedName,
} from '../../python/index.js';
import {digestOfFile, readText} from '../../system/index.js';
import {
	findConfig, osName, type ConfigFolders, type Settings,
} from '../../workspace/index.js';
import type {WheelInputs} from './inputs.js';
import {parseBuildSettings} from './parse-build-settings.js';
import {parseModules} from './parse-modules.js';
import {parseOpenstackCfg, requirementsFolder} from './parse-openstack-cfg.js';
import {parseBuilderPackages, parseNames, parseToolchain} from './parse-lists.js';
import {parseTargetIni} from './parse-target-ini.js';
import {parseWheelList, refuseUnbuildable} from './parse-wheel-list.js';
import {readModule} from './read-module.js';

type InputSettings = Pick<Settings, 'os' | 'codename' | 'stream' | 'arch' | 'repo'>;

/** The files of the builder: its Dockerfile, and the script that builds in it. */
const builderFiles = ['Dockerfile', 'build-wheel'] as const;

/**
Reads all inputs of the wheels of one OS and stream. Each file is looked for in the user's folder first, then in the
package's.

@throws BuildError with all that is wrong in all of the files: STX0401 to STX0406, STX0414, those of constraint files,
and STX0903 for a file that is not there.
*/
export async function readWheelInputs(folders: ConfigFolders, settings: InputSettings): Promise<WheelInputs> {
	const problems: BuildError[] = [];
	const place = `wheels/${osName(settings)}`;
	const find = async (relative: string): Promise<string> => {
		const file = await findConfig(folders, relative);
		if (file === undefined) {
			throw new BuildError('STX0903', `there is no \`${relative}\``, {at: {file: path.join(folders.roots[0] ?? '.', relative)}, hint: 'make one, or choose another OS or stream: there are files for `debian-trixie` and stream `stable`'});
		}

		return file;
	};

	const attempt = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
		try {
			return await read();
		} catch (error) {
			if (error instanceof BuildError) {
				problems.push(error);
				return undefined;
			}

			throw error;
		}
	};

	const parseFile = async <T>(relative: string, parse: (text: string, file: string) => T | Promise<T>): Promise<T | undefined> => attempt(async () => {
		const file = await find(relative);
		return parse(await readText(file), file);
	});

	const target = await parseFile(`${place}/target.ini`, (text, file) => {
		const {python, glibc} = parseTargetIni(text, file);
		return createTarget({python, glibc, arch: settings.arch});
	});
	const wheelList = target && await parseFile(`${place}/${settings.stream}-wheels.cfg`, (text, file) => {
		const entries = parseWheelList(text, file, target);
		refuseUnbuildable(entries);
		return entries;
	});
	const openstack = await parseFile(`${place}/openstack.cfg`, async (text, file) => {
		const folder = path.join(path.dirname(file), requirementsFolder(parseOpenstackCfg(text, file), settings.stream, file));
		const [upper, global] = [path.join(folder, 'upper-constraints.txt'), path.join(folder, 'global-requirements.txt')];
		const globalRequirements = await readText(global);
		parseGlobalRequirements(globalRequirements, global);
		return {constraints: parseConstraints(await readText(upper), upper), globalRequirements};
	});
	const toolchain = await parseFile('wheels/toolchain.txt', parseToolchain);
	const buildSettings = await parseFile('wheels/build-settings.ini', parseBuildSettings);
	const builderPackages = await parseFile(`${place}/builder-packages`, parseBuilderPackages);
	const modules = await parseFile('wheels/modules.ini', async (text, file) => {
		const read = await Promise.all(parseModules(text, file).map(async entry => attempt(async () => readModule(entry, settings.repo))));
		return read.filter(module => module !== undefined);
	});
	const onlyLocal = await parseFile('wheels/only-local.txt', parseNames);
	const builder = await attempt(async () => {
		const files = await Promise.all(builderFiles.map(async name => find(`wheels/builder/${name}`)));
		const digests = await Promise.all(files.map(async file => digestOfFile(file)));
		if (new Set(files.map(file => path.dirname(file))).size > 1) {
			throw new BuildError('STX0406', `\`wheels/builder\` must have both ${builderFiles.map(name => `\`${name}\``).join(' and ')}`, {at: files.map(file => ({file})), hint: 'copy the other one beside it'});
		}

		return {folder: path.dirname(files[0]!), recipe: keyOf(digests) as string as Digest};
	});
	if (wheelList && modules) {
		refuseListedTwice(wheelList, modules, problems);
	}

	throwProblems(problems);
	return {
		target: target!,
		wheelList: wheelList!,
		...openstack!,
		modules: modules!,
		onlyLocal: onlyLocal!,
		toolchain: toolchain!,
		buildSettings: buildSettings!,
		builderPackages: builderPackages!,
		builderFolder: builder!.folder,
		builderRecipe: builder!.recipe,
	};
}

function refuseListedTwice(wheelList: WheelInputs['wheelList'], modules: WheelInputs['modules'], problems: BuildError[]): void {
	for (const module of modules) {
		const entry = wheelList.find(({name}) => name === module.name);
		if (entry) {
			problems.push(new BuildError('STX0403', `\`${module.name}\` is both a local module and in the wheel list`, {at: [module.at, entry.at].flat(), hint: 'keep one of the two'}));
		}
	}
}
