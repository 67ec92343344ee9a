/** From an update of an image to a plan: what goes into it is read, modules get a lock of their own. */
import {rm} from 'node:fs/promises';
import path from 'node:path';
import {planBase, readBaseRecipe} from '../base/index.js';
import {
	BuildError, collect, collectAsync, throwProblems,
} from '../errors.js';
import {
	parseModuleSource, planUpdate, planUpdatedName, readUpdate, type ModuleSource, type Named, type PlanUpdateRequest, type PushOptions, type UpdateAsked, type UpdatedName, type UpdateFetchInputs,
} from '../images/index.js';
import {checkPlan, type Handler, type Step} from '../plan/index.js';
import type {PypiClient} from '../pypi/index.js';
import {
	digestOfFile, withTemporaryFolder, type Git, type GitTree,
} from '../system/index.js';
import {
	lockWheels, planWheels, readModuleFolder, readWheelInputs, type LocalModule, type Lock, type WheelInputs, type WheelRef,
} from '../wheels/index.js';
import {isUnanswered} from '../registry/index.js';
import {findConfig, type Settings} from '../workspace/index.js';
import {readGeneration} from './base-generation.js';
import {createGitClient} from './git-client.js';
import {createInputFetcher} from './input-fetcher.js';
import {createIndexClient} from './index-client.js';
import {makeHandlers} from './make-handlers.js';
import type {Prepared} from './prepare-loadbuild.js';
import type {Effects, LoadbuildRequest} from './request.js';
import {updatesFolder} from './updates-folder.js';

export type UpdateRequest = Pick<LoadbuildRequest, 'settings' | 'folders' | 'version' | 'dryRun'> & {
	readonly asked: UpdateAsked;
	/** Folder of the results, below the workspace's folder of updates. */
	readonly id: string;
	/** Registry and name space of the updated image, where they are not those of the image. */
	readonly registry?: string | undefined;
	readonly user?: string | undefined;
	readonly push: boolean;
	readonly pushing?: PushOptions;
};

export type PreparedUpdate = Prepared & {readonly name: UpdatedName};

/** Label of the roots of an update in its lock. */
const updateLabel = 'update';

/**
Reads everything that an update needs and plans it. The image is looked for in its registry, and else in the engine.

@throws BuildError STX0642 and those of wheels with what is wrong with the input; STX0725 when there is no such image.
*/
export async function prepareUpdate(request: UpdateRequest, effects: Effects): Promise<PreparedUpdate> {
	const {settings, folders, asked, id, push, pushing, version} = request;
	const problems: BuildError[] = [];
	const named = collect(problems, () => {
		if (asked.from === undefined) {
			throw new BuildError('STX0642', 'the image to update is not named', {hint: 'give --from, or FROM in the update file'});
		}

		return {
			from: asked.from,
			name: planUpdatedName(asked.from, {
				updateVersion: asked.updateVersion, registry: request.registry, user: request.user, defaultUser: settings.user,
			}),
		};
	});
	const folder = path.join(updatesFolder(settings), id);
	const pypi = createIndexClient(settings, effects);
	const [read, scripts] = await Promise.all([
		collectAsync(problems, async () => readUpdate(asked)), collectAsync(problems, async () => readScripts(folders)),
	]);
	const modules = await bringModules(asked.modules, {
		git: createGitClient(settings, effects), effects, folder, dryRun: request.dryRun,
	}, problems);
	throwProblems(problems);
	const [{from, name}, files] = [named!, read!];
	const needsPip = files.wheels.length + modules.length > 0;
	const generation = await readGeneration({...settings, from: undefined}, effects.store, undefined);
	const wheels = needsPip
		? await supplyWheels(modules, {
			request, effects, pypi, folder, generation: generation.name,
		})
		: undefined;
	const steps = planUpdate({
		from: await findImage(from, effects), name, files, modules: wheels?.modules ?? [], pip: wheels?.pip, wheelSteps: wheels?.steps ?? [],
		scripts: scripts!, folder, push, ...(pushing && {pushing}),
	});
	const plan = {version: 1 as const, steps: [...wheels?.steps ?? [], ...steps]};
	checkPlan(plan);
	return {
		settings,
		plan,
		generation,
		name,
		handlers: {
			...makeHandlers({
				request: {settings, version}, effects, pypi, wheelInputs: wheels?.inputs,
			}),
			'image.update-fetch': fetchHandler(pypi, effects),
		},
	};
}

async function readScripts(folders: LoadbuildRequest['folders']): Promise<PlanUpdateRequest['scripts']> {
	const [install, check] = await Promise.all(['install.sh', 'check.sh'].map(async script => {
		const file = await findConfig(folders, `build-config/update/${script}`);
		if (file === undefined) {
			throw new BuildError('STX0608', `there is no \`build-config/update/${script}\``, {hint: 'it comes with stx-build: install it again'});
		}

		return {name: file, digest: await digestOfFile(file)};
	}));
	return {install: install!, check: check!};
}

/** What a reference means now: by its registry, or, where no registry has it or none answers, in the engine. */
async function findImage(reference: string, effects: Effects): Promise<PlanUpdateRequest['from']> {
	let failure = new BuildError('STX0725', `the registry does not have \`${reference}\`, and neither does the engine`, {hint: 'check the name and the tag'});
	try {
		const digest = await (await effects.registry()).digest(reference);
		if (digest !== undefined) {
			return {reference, digest, image: null};
		}
	} catch (error) {
		if (!isUnanswered(error)) {
			throw error;
		}

		failure = error;
	}

	const image = await (await effects.engine()).find(reference);
	if (image === undefined) {
		throw failure;
	}

	effects.reporter.event({type: 'note', message: `no registry gives \`${reference}\`: it is taken as the engine has it`});
	return {reference, digest: null, image};
}

type ModuleWays = {readonly git: Git; readonly effects: Effects; readonly folder: string; readonly dryRun: boolean};

/** Adds what is wrong to `problems`. No repository is asked while something is wrong already. */
async function bringModules(named: readonly Named[], ways: ModuleWays, problems: BuildError[]): Promise<readonly LocalModule[]> {
	const sources = named.map(word => ({word, source: collect(problems, () => parseModuleSource(word))}));
	const inFolders = new Map<Named, LocalModule>();
	for (const {word, source} of sources) {
		const module = source && 'folder' in source
			? await collectAsync(problems, async () => readModuleFolder(source.folder, {version: source.version, at: word.at ?? {file: source.folder}}))
			: undefined;
		if (module) {
			inFolders.set(word, module);
		}
	}

	const modules: LocalModule[] = [];
	for (const {word, source} of sources) {
		const isFetched = source && 'url' in source && problems.length === 0;
		const module = isFetched ? await collectAsync(problems, async () => fetchModule(word, source, ways)) : inFolders.get(word);
		if (module && modules.some(({name}) => name === module.name)) {
			problems.push(new BuildError('STX0642', `the module \`${module.name}\` is given twice`, {...(word.at && {at: word.at}), hint: 'give it once'}));
		} else if (module) {
			modules.push(module);
		}
	}

	return modules;
}

/** A module of a repository: the tree of the commit that its branch is at now, in a folder of the update. */
async function fetchModule(word: Named, source: Extract<ModuleSource, {readonly url: unknown}>, {git, effects: {signal}, folder, dryRun}: ModuleWays): Promise<LocalModule> {
	const at = word.at ?? {file: word.text};
	const {commit} = await git.resolve(source.url, source.ref, {at, signal});
	const tree = await git.fetch(source.url, commit, {at, signal});
	const place = path.join(folder, 'modules', commit.slice(0, 12));
	const read = async (where: string): Promise<LocalModule> => {
		await extract(git, tree, where);
		return {...await readModuleFolder(where, {version: source.version, at}), folder: place};
	};

	return dryRun ? withTemporaryFolder('module', async temporary => read(path.join(temporary, 'module'))) : read(place);
}

async function extract(git: Git, tree: GitTree, folder: string): Promise<void> {
	await rm(folder, {recursive: true, force: true});
	await git.extract(tree, folder);
}

type Supply = {readonly steps: readonly Step[]; readonly inputs: WheelInputs; readonly modules: readonly WheelRef[]; readonly pip: WheelRef};

/**
The steps that build the modules, as modules are built everywhere, and fetch the pip that installs them. What modules
require when they run is in the image, or among the wheels: pip sees to that.
*/
async function supplyWheels(modules: readonly LocalModule[], {request, effects, pypi, folder, generation}: {
	readonly request: UpdateRequest; readonly effects: Effects; readonly pypi: PypiClient; readonly folder: string; readonly generation: string;
}): Promise<Supply> {
	const {settings, folders, dryRun} = request;
	const read = await readWheelInputs(folders, settings, {fetchDocument: await createInputFetcher(settings, effects), allowUnusable: true});
	const names = modules.map(({name}) => name);
	const inputs: WheelInputs = {
		...read, wheelList: [], leftOut: [], contradictions: [], modules, gitModules: [], localWheels: [], missingDebs: [], onlyLocal: new Set([...read.onlyLocal, ...names]),
	};
	const lock = await lockUpdate(inputs, {
		file: path.join(folder, 'pylock.toml'), write: !dryRun, names,
	}, {settings, effects, pypi});
	const base = modules.length === 0 ? [] : planBase({...settings, recipe: await readBaseRecipe(folders, settings), generation});
	const last = base.at(-1);
	const {steps, sourceOf} = planWheels({
		inputs,
		lock,
		labels: [updateLabel],
		base: last ? {step: last.id, key: last.key} : {reference: '', id: ''},
		tarball: '',
		only: ['pip', ...names],
		target: false,
		budget: {processors: settings.jobs, memory: settings.memory * 1024, timeoutSeconds: settings.buildTimeout * 60},
	});
	return {
		steps: [...base, ...steps], inputs, modules: names.map(name => sourceOf(name)), pip: sourceOf('pip' as Parameters<typeof sourceOf>[0]),
	};
}

async function lockUpdate(inputs: WheelInputs, {file, write, names}: {readonly file: string; readonly write: boolean; readonly names: readonly string[]}, {settings, effects, pypi}: {
	readonly settings: Settings; readonly effects: Effects; readonly pypi: PypiClient;
}): Promise<Lock> {
	const {store, run, machine, signal, reporter} = effects;
	return lockWheels(inputs, [{label: updateLabel, requirements: ['pip', ...names], at: {file}}], {file, write}, {
		pypi, store, run, git: createGitClient(settings, effects), index: settings.index, cache: settings.cache, machine, signal, note(message) {
			reporter.event({type: 'note', message});
		},
	});
}

/** A file from an address, verified by the digest that is stated for it. */
function fetchHandler(pypi: PypiClient, {store, signal}: Effects): Handler {
	return {
		holds: async result => store.has((result as {readonly digest: UpdateFetchInputs['digest']}).digest),
		async run(step) {
			const {name, url, digest} = step.inputs as UpdateFetchInputs;
			await pypi.tarball({url, filename: name, sha256: digest.replace('sha256:', '')}, {signal});
			return {digest};
		},
	};
}
