/** Finished wheels of this machine: out of the .debs of StarlingX's build, and from folders that the user names. */
import {readdir} from 'node:fs/promises';
import path from 'node:path';
import pMap from 'p-map';
import {BuildError, collectAsync, throwProblems} from '../../errors.js';
import {keyOf} from '../../plan/index.js';
import type {NormalizedName, Target} from '../../python/index.js';
import {knownDigest, stateOfFile} from '../../system/index.js';
import type {Settings} from '../../workspace/index.js';
import {verifyInstallable} from '../build/wheel-file.js';
import {findDebs} from './find-debs.js';
import type {LocalWheel, MissingDeb, WheelInputs} from './inputs.js';
import {readDeb, takeWheel, type DebEffects} from './read-deb.js';

export type LocalWheels = {
	/** Out of .debs. */
	readonly built: readonly LocalWheel[];
	/** From the user's folders. */
	readonly extra: readonly LocalWheel[];
	readonly missing: readonly MissingDeb[];
};

type LocalSettings = Pick<Settings, 'os' | 'codename' | 'stream' | 'arch' | 'repo' | 'workspace'>;

/** Wheels and .debs read at once. */
const concurrency = 4;

/**
Takes the wheels of this machine into the store: those of the packages that the `*_wheels.inc` files beside MY_REPO name,
and all at the top of some folders.

@param folders absolute.
@throws BuildError with all that is wrong with them: STX0402 for a wheel that the target cannot install, STX0431 for two
that differ, STX0416 for one that is not what it is named, STX0903 for a folder that cannot be read, and as `readDeb`.
*/
export async function readLocalWheels(settings: LocalSettings, {folders, target}: {readonly folders: readonly string[]; readonly target: Target}, effects: DebEffects): Promise<LocalWheels> {
	const problems: BuildError[] = [];
	const attempt = async <T>(read: () => Promise<T>): Promise<T | undefined> => collectAsync(problems, read);

	const debs = settings.repo === undefined ? [] : await attempt(async () => findDebs({...settings, repo: settings.repo!})) ?? [];
	const missing: MissingDeb[] = [];
	const built = await pMap(debs, async deb => attempt(async () => {
		const wheels = await readDeb(deb, settings.arch, effects);
		if (!wheels) {
			missing.push({name: deb.name, at: deb.at});
		}

		return wheels;
	}), {concurrency});
	const extra = await pMap(folders, async folder => attempt(async () => readFolder(folder, effects)), {concurrency});
	const [ofDebs, ofFolders] = [built, extra].map(lists => unique(lists.flatMap(list => list ?? []), problems)) as [readonly LocalWheel[], readonly LocalWheel[]];
	await pMap([...ofDebs, ...ofFolders], async ({filename, path: file}) => attempt(async () => {
		verifyInstallable(filename, target, {file});
	}));
	throwProblems(problems);
	return {built: ofDebs, extra: ofFolders, missing: missing.toSorted((a, b) => (a.name < b.name ? -1 : 1))};
}

async function readFolder(folder: string, {store}: DebEffects): Promise<readonly LocalWheel[]> {
	const names = await readdir(folder).catch((error: unknown) => {
		throw new BuildError('STX0903', `the folder of wheels \`${folder}\` cannot be read`, {at: {file: folder}, hint: 'correct --extra-wheels-dir', cause: error});
	});
	const wheels = names.filter(name => name.endsWith('.whl')).toSorted();
	if (wheels.length === 0) {
		throw new BuildError('STX0406', `there are no wheels in \`${folder}\``, {at: {file: folder}, hint: 'correct --extra-wheels-dir: the wheels are at the top of the folder'});
	}

	return pMap(wheels, async filename => {
		const file = path.join(folder, filename);
		const state = await stateOfFile(file);
		const key = keyOf({kind: 'local.wheel', filename, digest: await knownDigest(file, store)});
		const known = await store.result(key) as Awaited<ReturnType<typeof takeWheel>> | undefined;
		const wheel = known && await store.has(known.digest) ? known : await takeWheel(file, {filename, store, at: {file}});
		// Of a file that was changed while it was read nothing is known.
		if (wheel !== known && await stateOfFile(file) === state) {
			await store.keep(key, wheel);
		}

		return {...wheel, path: file, at: {file}};
	}, {concurrency});
}

/** One wheel for each distribution; the same bytes may be there several times. */
function unique(wheels: readonly LocalWheel[], problems: BuildError[]): readonly LocalWheel[] {
	const byName = new Map<NormalizedName, LocalWheel>();
	for (const wheel of wheels) {
		const other = byName.get(wheel.name);
		if (other && other.digest !== wheel.digest) {
			problems.push(new BuildError('STX0431', `there are two different wheels of \`${wheel.name}\`: \`${other.filename}\` and \`${wheel.filename}\``, {at: [{file: other.path}, {file: wheel.path}], hint: 'take away the one that is not meant'}));
		}

		byName.set(wheel.name, other ?? wheel);
	}

	return [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
The inputs with the wheels of this machine. One from a folder that the user names takes the place of whatever else gives
that distribution; one out of a .deb that of a git module. Pure.

@throws BuildError STX0403 for a .deb's wheel that the wheel list or a module in a folder gives too.
*/
export function addLocalWheels(inputs: WheelInputs, {built, extra, missing}: LocalWheels): WheelInputs {
	const named = new Set(extra.map(({name}) => name));
	const isLeft = ({name}: {readonly name: NormalizedName}): boolean => !named.has(name);
	const localWheels = [...built.filter(wheel => isLeft(wheel)), ...extra];
	const local = new Map(localWheels.map(wheel => [wheel.name, wheel]));
	const wheelList = inputs.wheelList.filter(entry => isLeft(entry));
	const modules = inputs.modules.filter(module => isLeft(module));
	throwProblems([...wheelList, ...modules].flatMap(({name, at}) => {
		const wheel = local.get(name);
		return wheel ? [new BuildError('STX0403', `\`${name}\` is listed, and \`${wheel.filename}\` is in the output of the local build`, {at: [at, wheel.at, {file: wheel.path}], hint: 'take it out of one of the lists'})] : [];
	}));
	return {
		...inputs, wheelList, modules, gitModules: inputs.gitModules.filter(({name}) => !local.has(name)), localWheels, missingDebs: missing,
	};
}
