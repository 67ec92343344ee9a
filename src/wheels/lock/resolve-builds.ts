/** What builds need: an environment for each, resolved, with what these need to be built themselves. */
import pMap from 'p-map';
import {BuildError, throwProblems} from '../../errors.js';
import type {NormalizedName} from '../../python/index.js';
import type {WheelInputs} from '../inputs/inputs.js';
import type {Choose} from './choose-source.js';
import type {GitProjects} from './git-projects.js';
import {byName, type LockedBuild, type LockedPackage} from './lock.js';
import type {Resolver} from './resolver.js';
import type {SdistSource} from './sdist-source.js';

/** How many distributions are looked at at once: what takes the time is waiting for the index. */
export const concurrency = 24;

/** How many environments are resolved at once. Some indexes let nobody keep their pages, and then each waits for them anew. */
const environmentsAtOnce = 4;

/** The constraint files uv gets: without the lines of distributions that come from elsewhere. */
export function constraintTexts(inputs: WheelInputs, elsewhere: ReadonlySet<NormalizedName>): ReadonlyMap<string, string> {
	const {entries} = inputs.constraints;
	return new Map([
		['upper-constraints.txt', entries.filter(entry => !elsewhere.has(entry.normalized) && entry.url === undefined).map(({name, specifier, markerText}) => `${name}${specifier}${markerText === undefined ? '' : ` ; ${markerText}`}\n`).join('')],
		['toolchain.txt', inputs.toolchain.filter(({name}) => !elsewhere.has(name)).map(({name, version}) => `${name}==${version}\n`).join('')],
	]);
}

export type BuildResolving = {
	readonly sdists: SdistSource;
	readonly projects: GitProjects;
	readonly resolver: Resolver;
	readonly choose: Choose;
	/** Names that come from the wheel list or a local module: no constraint holds for them. */
	readonly elsewhere: ReadonlySet<NormalizedName>;
};

/**
Resolves the environments of all builds, and of the builds that these need.

@throws BuildError STX0411 when what a build needs cannot be had, and for builds that need each other.
*/
export async function resolveBuilds(
	packages: readonly LockedPackage[],
	inputs: WheelInputs,
	{
		sdists, projects, resolver, choose, elsewhere,
	}: BuildResolving,
): Promise<{readonly builds: readonly LockedBuild[]; readonly buildPackages: readonly LockedPackage[]}> {
	const modules = new Map(inputs.modules.map(item => [item.name, item]));
	const builds = new Map<string, LockedBuild>();
	const buildPackages = new Map<string, LockedPackage>();
	const environments = new Map<string, readonly LockedPackage[]>();
	const unconstrainedFor = ({name}: LockedPackage): readonly NormalizedName[] => inputs.buildSettings.get(name)?.unconstrained ?? [];
	const requiresOf = async ({name, source}: LockedPackage): Promise<readonly string[]> => {
		const project = source.kind === 'git' ? await projects.supply(name) ?? projects.known.get(name) : modules.get(name);
		const requires = source.kind === 'directory' || source.kind === 'git'
			? [...project!.buildRequires, ...inputs.buildSettings.get(name)?.buildRequires ?? []]
			: (source.kind === 'sdist' ? (await sdists.project(name, source.file, source.basedir)).buildRequires : []);
		return [...new Set(requires)].toSorted();
	};

	let waiting = packages.filter(({source}) => isBuilt(source));
	while (waiting.length > 0) {
		const next: LockedPackage[] = [];
		const wanted = await pMap(waiting, async item => ({item, requires: await requiresOf(item)}), {concurrency});
		const keyOfEnvironment = ({item, requires}: (typeof wanted)[number]): string => JSON.stringify([requires, unconstrainedFor(item)]);
		const unknown = new Map(wanted.map(build => [keyOfEnvironment(build), build] as const).filter(([key]) => !environments.has(key)).toReversed());
		const problems: BuildError[] = [];
		await pMap(unknown, async ([key, {item, requires}]) => {
			try {
				environments.set(key, await resolveBuild(requires, unconstrainedFor(item), item));
			} catch (error) {
				if (!(error instanceof BuildError) || error.code !== 'STX0411') {
					throw error;
				}

				problems.push(error);
			}
		}, {concurrency: environmentsAtOnce});
		throwProblems(problems.toSorted((a, b) => (a.message < b.message ? -1 : 1)));
		for (const build of wanted) {
			const {item, requires} = build;
			const environment = environments.get(keyOfEnvironment(build))!;
			const id = `${item.name}==${item.version}`;
			builds.set(id, {
				name: item.name, version: item.version, requires, environment: byName(environment).map(({name, version}) => ({name, version})),
			});
			for (const tool of environment) {
				const toolId = `${tool.name}==${tool.version}`;
				buildPackages.set(toolId, tool);
				if (isBuilt(tool.source) && !builds.has(toolId) && !next.some(other => other.name === tool.name && other.version === tool.version)) {
					next.push(tool);
				}
			}
		}

		waiting = next.filter(tool => !builds.has(`${tool.name}==${tool.version}`));
	}

	refuseCycles([...builds.values()]);
	return {builds: [...builds.values()], buildPackages: [...buildPackages.values()]};

	async function resolveBuild(requires: readonly string[], unconstrained: readonly NormalizedName[], item: LockedPackage): Promise<readonly LockedPackage[]> {
		try {
			const resolved = await resolver.resolve({
				roots: [{label: `build of ${item.name}`, requirements: requires}],
				constraints: constraintTexts(inputs, new Set([...elsewhere, ...unconstrained])),
			});
			return await pMap(resolved, async tool => choose(tool, 'build'), {concurrency});
		} catch (error) {
			throw error instanceof BuildError && error.code === 'STX0411'
				? new BuildError('STX0411', `what the build of \`${item.name}\` ${item.version} needs cannot be had: ${error.message}`, {at: error.at, hint: `give [${item.name}] \`unconstrained = NAME\` in wheels/build-settings.ini for the pin that is in its way`, cause: error})
				: error;
		}
	}
}

/** Whether the wheel of a source is yet to be made. */
const isBuilt = ({kind}: LockedPackage['source']): boolean => kind !== 'wheel' && kind !== 'local';

/** @throws BuildError STX0411 for builds that wait for each other. */
function refuseCycles(builds: readonly LockedBuild[]): void {
	const byId = new Map(builds.map(build => [`${build.name}==${build.version}`, build]));
	const done = new Set<string>();
	const visit = (id: string, path: readonly string[]): void => {
		if (path.includes(id)) {
			const cycle = [...path.slice(path.indexOf(id)), id].join(' -> ');
			throw new BuildError('STX0411', `builds need each other: ${cycle}`, {hint: 'give one of them `from = wheel` in wheels/build-settings.ini, or a line in the wheel list'});
		}

		if (!done.has(id)) {
			for (const {name, version} of byId.get(id)?.environment ?? []) {
				visit(`${name}==${version}`, [...path, id]);
			}

			done.add(id);
		}
	};

	for (const id of byId.keys()) {
		visit(id, []);
	}
}

