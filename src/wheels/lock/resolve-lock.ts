/** Makes a lock: resolves the roots, chooses files, and resolves what builds need. */
import path from 'node:path';
import pMap from 'p-map';
import {BuildError, throwProblems} from '../../errors.js';
import type {Store} from '../../plan/index.js';
import type {PypiClient} from '../../pypi/index.js';
import type {NormalizedName} from '../../python/index.js';
import {withTemporaryFolder, type Git, type Runner} from '../../system/index.js';
import {
	localWheelsLabel, wheelListLabel, type NameChoice, type WheelInputs, type WheelListEntry, type WheelRoots,
} from '../inputs/inputs.js';
import {createChooser, verifyToolchain} from './choose-source.js';
import {findUnclosed, trimToList} from './close-list.js';
import {createGitProjects} from './git-projects.js';
import {sortedRequirements, type LockInputs} from './lock-inputs.js';
import {byName, type Lock, type LockedGit} from './lock.js';
import {overrideConstraints} from './override-constraints.js';
import {readList, type Trust} from './read-list.js';
import {
	listedOfLocalWheel, readListed, standInOfModule, type Listed,
} from './read-listed.js';
import {concurrency, constraintTexts, resolveBuilds} from './resolve-builds.js';
import {resolveTogether, withoutNames} from './resolve-together.js';
import {createResolver, type Resolved} from './resolver.js';
import {createSdistSource} from './sdist-source.js';
import {createUvRunner, fetchUv} from './uv.js';
import {withUvIndex} from './uv-index.js';

export type LockEffects = {
	readonly pypi: PypiClient;
	readonly store: Store;
	readonly run: Runner;
	/** Address of the index, perhaps with credentials: for the lock, which names it without them. */
	readonly index: string;
	/** Folder for what is kept between runs. */
	readonly cache: string;
	/** Architecture of this machine as Node says it. */
	readonly machine: string;
	/** Told what is being done. */
	readonly note: (message: string) => void;
	readonly git: Git;
	readonly signal: AbortSignal;
};

/** What a lock is made from besides the inputs. */
export type LockRequest = LockInputs & {
	/** The index, without credentials. */
	readonly index: string;
	readonly roots: readonly WheelRoots[];
	/** Roots of an earlier lock that are not asked for now, and stay if they go together with those that are. */
	readonly kept: readonly WheelRoots[];
	/** Versions of an earlier lock. */
	readonly preferred: ReadonlyMap<NormalizedName, string>;
	/** Commits of an earlier lock. */
	readonly pinned: ReadonlyMap<NormalizedName, LockedGit>;
	readonly fromSource: NameChoice;
	readonly fromIndex: NameChoice;
} & Trust;

/** @throws BuildError STX0409 to STX0414, STX0430, STX0920, those of the index client, and of git. */
export async function resolveLock(read: WheelInputs, request: LockRequest, effects: LockEffects): Promise<Omit<Lock, 'sources'>> {
	const {pypi, store, run, cache, note, git} = effects;
	const ended = new AbortController();
	const signal = AbortSignal.any([ended.signal, effects.signal]);
	const {roots, kept, preferred, pinned, fromSource, fromIndex} = request;
	refuseUnlisted(fromIndex, read);
	const temporary = path.join(cache, 'tmp');
	const uv = await fetchUv(read.toolchain, effects);
	return withTemporaryFolder('lock', async folder => {
		note(`resolving ${roots.length} sets of requirements for CPython ${read.target.python}, ${read.target.arch}`);
		const projects = createGitProjects(read, {
			git, pinned, folder, note, signal,
		});
		const inputs = {...read, constraints: overrideConstraints(read.constraints, await projects.supplyNeeded([...roots, ...kept]))};
		const sdists = createSdistSource({
			pypi, store, target: inputs.target, buildSettings: inputs.buildSettings, signal,
		});
		const fromUrl = {
			pypi, sdists, store, target: inputs.target, locked: request.locked, fromIndex, onlyLocal: inputs.onlyLocal, signal,
		};
		const readEntry = async (entry: WheelListEntry): Promise<Listed> => (entry.type === 'git' ? projects.readEntry(entry) : readListed(entry, fromUrl));
		const {listed, leftOut} = await readList(inputs, request, readEntry, signal);
		const local = new Map(inputs.localWheels.map(wheel => [wheel.name, listedOfLocalWheel(wheel)]));
		const given = new Map<NormalizedName, Listed>([...listed, ...projects.known, ...local]);
		const elsewhere = new Set<NormalizedName>([...given.keys(), ...[...inputs.modules, ...inputs.gitModules].map(({name}) => name)]);
		const modules = new Map(inputs.modules.map(item => [item.name, item.requires]));
		const requiredElsewhere = (name: NormalizedName): readonly string[] | undefined =>
			given.get(name)?.standIn.requires ?? modules.get(name) ?? (elsewhere.has(name) || inputs.onlyLocal.has(name) ? [] : undefined);
		return withUvIndex({
			pypi,
			sdists,
			target: inputs.target,
			constraints: inputs.constraints,
			requiredElsewhere,
			note,
			signal,
			end() {
				ended.abort();
			},
		}, async index => {
			const resolver = await createResolver({
				run: createUvRunner(uv, run, path.join(folder, 'uv')),
				index,
				target: inputs.target,
				constraints: inputs.constraints,
				missingDebs: inputs.missingDebs,
				absent: [...[...inputs.onlyLocal].filter(name => !elsewhere.has(name)), ...projects.unread()],
				given: [...[...given.values()].map(item => item.standIn), ...inputs.modules.map(item => standInOfModule(item))],
				async supply(name) {
					const project = await projects.supply(name);
					if (project) {
						given.set(name, project);
					}

					return project?.standIn;
				},
				folder,
			});
			const constraints = constraintTexts(inputs, elsewhere);
			const resolveRoots = async (wanted: readonly WheelRoots[]): Promise<readonly Resolved[]> => resolver.resolve({
				roots: wanted, constraints, preferred,
			});
			const gone = new Set(leftOut.map(({name}) => name));
			const wanted = roots.filter(({label}) => label !== localWheelsLabel).map(root => (root.label === wheelListLabel ? withoutNames(root, gone) : root));
			const unclosed = new Map(findUnclosed(listed, inputs));
			const needing = new Set([...listed].filter(([, {standIn}]) => standIn.requires.length > 0).map(([name]) => name));
			const {resolved, roots: lockedRoots} = await resolveTogether(wanted, kept, {needing, unclosed}, resolveRoots);
			refuseUnknown(fromSource, resolved);
			const choose = createChooser(inputs, {listed: given, sdists, fromSource});
			const alone = [...new Set([...unclosed.keys(), ...local.keys()])].filter(name => resolved.every(item => item.name !== name)).map((name): Resolved => ({
				name, version: given.get(name)!.standIn.version, dependencies: [],
			}));
			const {packages, unclosed: unbuilt} = trimToList({
				packages: await pMap([...resolved, ...alone], async item => choose(item, 'run'), {concurrency}),
				asked: [...lockedRoots.filter(({label}) => label !== wheelListLabel).flatMap(({requirements}) => requirements), ...local.keys()],
				listed: new Set(listed.keys()),
				unlistedBuilds: new Set(resolved.filter(({name, wheel}) => !elsewhere.has(name) && !wheel).map(({name}) => name)),
			});
			// One that something else needs was resolved with the rest after all.
			for (const [name, why] of [...[...unclosed].filter(([name]) => alone.some(item => item.name === name)), ...unbuilt]) {
				note(`${name} ${given.get(name)!.standIn.version} of the wheel list ${why}: its wheel is made, and what it needs is not`);
			}

			const {builds, buildPackages} = await resolveBuilds(packages, inputs, {
				sdists, projects, resolver, choose, elsewhere,
			});
			verifyToolchain(inputs, [...packages, ...buildPackages]);
			return {
				inputs: request.inputs,
				parts: request.parts,
				index: request.index,
				python: inputs.target.python,
				arch: inputs.target.arch,
				roots: rootsByLabel([...lockedRoots, ...roots.filter(({label}) => label === localWheelsLabel)]),
				packages: byName(packages),
				buildPackages: byName(buildPackages.filter(item => !packages.some(other => JSON.stringify(other.source) === JSON.stringify(item.source)))),
				builds: byName(builds),
				documents: inputs.documents,
				leftOut,
				unclosed: [...alone.map(({name}) => name), ...unbuilt.keys()].toSorted(),
			};
		});
	}, temporary);
}

const rootsByLabel = (roots: readonly WheelRoots[]): Lock['roots'] =>
	Object.fromEntries(roots.map(root => [root.label, sortedRequirements(root)] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** @throws BuildError STX0415 for each name to be taken from the index that the wheel list does not build: the index gives it already, or nothing needs it. */
function refuseUnlisted(fromIndex: NameChoice, {wheelList, localWheels}: WheelInputs): void {
	if (fromIndex !== 'all') {
		throwProblems(fromIndex.filter(name => [...wheelList, ...localWheels].every(entry => entry.name !== name)).map(name => new BuildError('STX0415', `\`${name}\` is to be taken from the index, and the wheel list does not build it`, {hint: 'correct the name given to --from-index'})));
	}
}

/** @throws BuildError STX0415 for each name to be built from source that is not among what was resolved. */
function refuseUnknown(fromSource: NameChoice, resolved: readonly Resolved[]): void {
	if (fromSource !== 'all') {
		throwProblems(fromSource.filter(name => resolved.every(item => item.name !== name)).map(name => new BuildError('STX0415', `\`${name}\` is to be built from source, and nothing needs it`, {hint: 'correct the name given to --from-source'})));
	}
}
