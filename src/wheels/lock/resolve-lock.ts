/** Makes a lock: resolves the roots, chooses files, and resolves what builds need. */
import path from 'node:path';
import pMap from 'p-map';
import {BuildError, throwProblems} from '../../errors.js';
import type {Key, Store} from '../../plan/index.js';
import type {PypiClient} from '../../pypi/index.js';
import type {NormalizedName} from '../../python/index.js';
import {withTemporaryFolder, type Runner} from '../../system/index.js';
import type {FromSource, WheelInputs, WheelRoots} from '../inputs/inputs.js';
import {createChooser, verifyToolchain} from './choose-file.js';
import {byName, sortedRequirements, type Lock} from './lock.js';
import {readListed, standInOfModule} from './read-listed.js';
import {concurrency, constraintTexts, resolveBuilds} from './resolve-builds.js';
import {createResolver, type Resolved} from './resolver.js';
import {createSdistSource} from './sdist-source.js';
import {createUvRunner, fetchUv, type UvNetwork} from './uv.js';

export type LockEffects = {
	readonly pypi: PypiClient;
	readonly store: Store;
	readonly run: Runner;
	readonly network: UvNetwork;
	/** Folder for what is kept between runs. */
	readonly cache: string;
	/** Architecture of this machine as Node says it. */
	readonly machine: string;
	/** Told what is being done. */
	readonly note: (message: string) => void;
	readonly signal?: AbortSignal;
};

/** What a lock is made from besides the inputs. */
export type LockRequest = {
	/** Of the inputs. */
	readonly digest: Key;
	/** The index, without credentials. */
	readonly index: string;
	readonly roots: readonly WheelRoots[];
	/** Roots of an earlier lock that are not asked for now, and stay if they go together with those that are. */
	readonly kept: readonly WheelRoots[];
	/** Versions of an earlier lock. */
	readonly preferred: ReadonlyMap<NormalizedName, string>;
	readonly fromSource: FromSource;
};

/** @throws BuildError STX0409 to STX0414, and those of the index client. */
export async function resolveLock(inputs: WheelInputs, request: LockRequest, effects: LockEffects): Promise<Lock> {
	const {pypi, store, run, network, cache, signal, note} = effects;
	const {roots, kept, preferred, fromSource} = request;
	const temporary = path.join(cache, 'tmp');
	const uv = await fetchUv(inputs.toolchain, effects);
	return withTemporaryFolder('lock', async folder => {
		const sdists = createSdistSource({
			pypi, store, target: inputs.target, buildSettings: inputs.buildSettings, folder, ...(signal && {signal}),
		});
		note(`resolving ${roots.length} sets of requirements for CPython ${inputs.target.python}, ${inputs.target.arch}`);
		const listed = new Map(await pMap(inputs.wheelList, async entry => [entry.name, await readListed(entry, sdists, effects)] as const, {concurrency, ...(signal && {signal})}));
		const elsewhere = new Set<NormalizedName>([...listed.keys(), ...inputs.modules.map(({name}) => name)]);
		const resolve = await createResolver({
			run: createUvRunner(uv, run, network, cache),
			target: inputs.target,
			constraints: inputs.constraints,
			absent: [...inputs.onlyLocal].filter(name => !elsewhere.has(name)),
			given: [...[...listed.values()].map(item => item.standIn), ...inputs.modules.map(item => standInOfModule(item))],
			sdists,
			folder,
			note,
			...(signal && {signal}),
		});
		const constraints = constraintTexts(inputs, elsewhere);
		const resolveRoots = async (wanted: readonly WheelRoots[]): Promise<readonly Resolved[]> => resolve({roots: wanted, constraints, preferred});
		let lockedRoots = [...roots, ...kept];
		let resolved: readonly Resolved[];
		try {
			resolved = await resolveRoots(lockedRoots);
		} catch (error) {
			// What was locked for other images may no longer go together with what is wanted now.
			if (kept.length === 0 || !(error instanceof BuildError) || error.code !== 'STX0411') {
				throw error;
			}

			lockedRoots = [...roots];
			resolved = await resolveRoots(lockedRoots);
		}

		refuseUnknown(fromSource, resolved);
		const choose = createChooser(inputs, {listed, sdists, fromSource});
		const packages = await pMap(resolved, async item => choose(item, 'run'), {concurrency});
		const {builds, buildPackages} = await resolveBuilds(packages, inputs, {
			sdists, resolve, choose, elsewhere,
		});
		verifyToolchain(inputs, [...packages, ...buildPackages]);
		return {
			inputs: request.digest,
			index: request.index,
			python: inputs.target.python,
			arch: inputs.target.arch,
			roots: Object.fromEntries(lockedRoots.map(root => [root.label, sortedRequirements(root)] as const).toSorted(([a], [b]) => (a < b ? -1 : 1))),
			packages: byName(packages),
			buildPackages: byName(buildPackages.filter(item => !packages.some(other => JSON.stringify(other.source) === JSON.stringify(item.source)))),
			builds: byName(builds),
		};
	}, temporary);
}

/** @throws BuildError STX0415 for each name to be built from source that is not among what was resolved. */
function refuseUnknown(fromSource: FromSource, resolved: readonly Resolved[]): void {
	if (fromSource !== 'all') {
		throwProblems(fromSource.filter(name => resolved.every(item => item.name !== name)).map(name => new BuildError('STX0415', `\`${name}\` is to be built from source, and nothing needs it`, {hint: 'correct the name given to --from-source'})));
	}
}
