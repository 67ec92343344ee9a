/** What git repositories give: lines of the wheel list, and the git modules that somebody needs. */
import path from 'node:path';
import {BuildError, type SourceLocation} from '../../errors.js';
import {canonicalVersion, type NormalizedName} from '../../python/index.js';
import {withTemporaryFolder, type Git} from '../../system/index.js';
import type {
	GitModule, WheelInputs, WheelListEntry, WheelRoots,
} from '../inputs/inputs.js';
import {readModuleFiles} from '../inputs/module-tree.js';
import {parseProject} from '../inputs/parse-project.js';
import {readModuleProject} from '../inputs/read-module.js';
import {unpackProject} from '../inputs/unpack-project.js';
import type {LockedGit} from './lock.js';
import {neededModules} from './override-constraints.js';
import {extrasOf, type StandIn} from './stand-in.js';

/** A project of a git repository, as the resolver gets it. */
export type GitProject = {readonly standIn: StandIn; readonly source: LockedGit; readonly buildRequires: readonly string[]};

export type GitProjects = {
	/** What is known so far, by name. */
	readonly known: ReadonlyMap<NormalizedName, GitProject>;
	/**
	Reads a line of the wheel list: its branch or tag is looked up once, and then is the commit that is locked.
	@throws BuildError STX0430 for a tag that means another commit than when it was locked; STX0401 for a project of another
	version than is listed.
	*/
	readEntry(entry: WheelListEntry): Promise<GitProject>;
	/** Reads a git module that somebody needs; undefined when there is none of that name. */
	supply(name: NormalizedName): Promise<GitProject | undefined>;
	/** Reads the git modules that roots need by name. @returns them */
	supplyNeeded(roots: ReadonlyArray<Pick<WheelRoots, 'requirements'>>): Promise<readonly GitModule[]>;
	/** Git modules that are not read yet. */
	unread(): readonly NormalizedName[];
};

export type GitProjectEffects = {
	readonly git: Git;
	/** What an earlier lock has of these names. */
	readonly pinned: ReadonlyMap<NormalizedName, LockedGit>;
	/** For temporary files. */
	readonly folder: string;
	readonly note: (message: string) => void;
	readonly signal: AbortSignal;
};

export function createGitProjects({gitModules, buildSettings, ...inputs}: Pick<WheelInputs, 'gitModules' | 'modules' | 'buildSettings' | 'target'>, {git, pinned, folder, note, signal}: GitProjectEffects): GitProjects {
	const known = new Map<NormalizedName, GitProject>();
	const modules = new Map(gitModules.map(module => [module.name, module]));
	for (const module of gitModules) {
		if (module.version !== undefined && module.requires && module.buildRequires) {
			const {name, version, requires, buildRequires} = module;
			known.set(name, projectOf({
				...module, version, requires, buildRequires,
			}));
		}
	}

	const inTree = async <T>({url, commit}: Pick<LockedGit, 'url' | 'commit'>, subfolder: string, {at, use}: {readonly at: SourceLocation; readonly use: (project: string) => Promise<T>}): Promise<T> => {
		const tree = await git.fetch(url, commit, {at, folder: subfolder, signal});
		return withTemporaryFolder('tree', async temporary => use(await unpackProject(git, tree, {folder: path.join(temporary, 'tree'), subfolder, at})), folder);
	};

	/** The commit of a listed branch or tag. */
	const pin = async ({name, url, branch = '', at}: WheelListEntry): Promise<LockedGit> => {
		const earlier = pinned.get(name);
		const isPinned = earlier?.url === url && earlier.ref === branch;
		const options = {at, signal};
		if (!isPinned) {
			const {commit} = await git.resolve(url, branch, options);
			return {
				kind: 'git', url, commit, ref: branch, subfolder: '',
			};
		}

		try {
			const now = await git.resolve(url, branch, options);
			// A branch is meant to move: the lock says how far.
			if (now.commit !== earlier.commit && now.ref.startsWith('refs/tags/')) {
				throw new BuildError('STX0430', `the tag \`${branch}\` of ${name} was commit ${earlier.commit} when it was locked, and is ${now.commit} now`, {at: [at, {url}], hint: 'find out why; `stx-build wheels lock --upgrade` takes what it is now'});
			}
		} catch (error) {
			if (!(error instanceof BuildError) || !['STX0911', 'STX0306'].includes(error.code)) {
				throw error;
			}

			note(`${name}: whether \`${branch}\` still is the commit that is locked could not be asked`);
		}

		return earlier;
	};

	const readModule = async (module: GitModule): Promise<GitProject> => {
		const {at, subfolder, url} = module;
		const said = await inTree(module, subfolder, {at, use: async folder => readModuleProject(module, {folder, at, place: {url}})});
		return projectOf({...module, ...said, at});
	};

	const supply: GitProjects['supply'] = async name => {
		const module = modules.get(name);
		if (!module) {
			return undefined;
		}

		try {
			const found = known.get(name) ?? await readModule(module);
			known.set(name, found);
			return found;
		} catch (error) {
			throw error instanceof BuildError && error.code !== 'STX0003'
				? new BuildError(error.code, `module \`${name}\`: ${error.message}`, {at: error.at, cause: error, ...(error.hint !== undefined && {hint: error.hint})})
				: error;
		}
	};

	const supplyNeeded: GitProjects['supplyNeeded'] = async roots => {
		const read = gitModules.map(module => ({...module, requires: known.get(module.name)?.standIn.requires ?? module.requires ?? []}));
		const needed = neededModules({...inputs, gitModules: read}, roots);
		const unread = needed.filter(({name}) => !known.has(name));
		await Promise.all(unread.map(async ({name}) => supply(name)));
		// What has been read may need more.
		return unread.length === 0 ? needed : supplyNeeded(roots);
	};

	return {
		known,
		supply,
		supplyNeeded,
		unread: () => gitModules.map(({name}) => name).filter(name => !known.has(name)),
		async readEntry(entry) {
			const {name, version, at} = entry;
			const source = {...await pin(entry), subfolder: subfolderOf(entry)};
			const settings = buildSettings.get(name);
			return inTree(source, source.subfolder, {
				at,
				async use(folder) {
					const project = parseProject(await readModuleFiles(folder, {at, hint: 'name the folder of a Python project as `basedir`'}), at);
					if (project.version !== undefined && canonicalVersion(project.version) !== canonicalVersion(version)) {
						throw new BuildError('STX0401', `the line is for ${name} ${version}, the project in the repository is of version ${project.version}`, {at: [at, {url: entry.url}]});
					}

					const requires = [...project.requires ?? [], ...settings?.requires ?? []];
					const found: GitProject = {
						standIn: {
							name, version, requires, extras: extrasOf(requires),
						}, source, buildRequires: project.buildRequires,
					};
					known.set(name, found);
					return found;
				},
			});
		},
	};
}

function projectOf({name, url, commit, subfolder, version, requires, buildRequires}: GitModule & Required<Pick<GitModule, 'version' | 'requires' | 'buildRequires'>>): GitProject {
	return {
		standIn: {
			name, version, requires, extras: extrasOf(requires),
		},
		source: {
			kind: 'git', url, commit, subfolder,
		},
		buildRequires,
	};
}

/** The project's folder in the repository. StarlingX's lists begin it with the folder that `git clone` makes. */
function subfolderOf({url, basedir}: WheelListEntry): string {
	const clone = path.posix.basename(new URL(url).pathname.replace(/\/+$/v, ''), '.git');
	const [first, ...rest] = basedir.split('/');
	return first === clone ? rest.join('/') : basedir;
}
