/** The lock: read when it is fresh, otherwise resolved anew and written. */
import {BuildError, throwProblems} from '../../errors.js';
import {maskSecrets} from '../../mask-secrets.js';
import {
	evaluateMarker, normalizeName, parseRequirement, type NormalizedName,
} from '../../python/index.js';
import {exists, readText, writeWhole} from '../../system/index.js';
import {
	localWheelsLabel, modulesLabel, wheelListLabel, type NameChoice, type WheelInputs, type WheelRoots,
} from '../inputs/inputs.js';
import {absentModule} from './explain-uv-failure.js';
import {formatLock} from './format-lock.js';
import {changesSince, lockInputs} from './lock-inputs.js';
import {
	hasSources, joinSources, type Lock, type LockedGit, type LockedRef,
} from './lock.js';
import {parseLock} from './parse-lock.js';
import {resolveLock, type LockEffects} from './resolve-lock.js';

export type LockOptions = {
	/** The lock file. */
	readonly file: string;
	/** Whether a new lock is written to the file; it is, unless this is false. */
	readonly write?: boolean;
	/** Refuse to make a new lock. */
	readonly frozen?: boolean;
	/** What to build from its sdist though the index has a wheel. */
	readonly fromSource?: NameChoice;
	/** What to take from the index, where it has a wheel of the listed version, though the wheel list builds it. */
	readonly fromIndex?: NameChoice;
	/** Make a new lock, with the newest versions that the constraints allow, and of each address what is there now. */
	readonly upgrade?: boolean;
	/** Take listed files whose digest nobody states as they are now, where the lock does not know them. */
	readonly trust?: boolean;
	/** Sources of the images, as they were pinned for this run. */
	readonly sources?: readonly LockedRef[];
};

/**
Gives the lock of these inputs and roots: the one on disk when it is fresh, without asking anybody; otherwise a new one.

@param roots what the images need; those of the wheel list and of the local modules are added here.
@throws BuildError STX0407 when it is not fresh and may not be made; STX0409 for a root that only an absent local module
can give; STX0410 to STX0414 from resolving.
*/
export async function lockWheels(inputs: WheelInputs, roots: readonly WheelRoots[], options: LockOptions, effects: LockEffects): Promise<Lock> {
	const [fromSource, fromIndex] = [options.fromSource, options.fromIndex].map(choice => normalizeChoice(choice)) as [NameChoice, NameChoice];
	const index = maskSecrets(effects.index);
	const made = lockInputs(inputs, {fromSource, fromIndex, index});
	const before = await readBefore(options);
	const earlier = options.upgrade ? undefined : before;
	const without = new Set(inputs.allowUnusable ? earlier?.leftOut.map(({name}) => name) : []);
	const all = [...roots, ...ownRoots(inputs, without)];
	refuseAbsentModules(inputs, all);
	const changes = earlier ? changesSince(earlier, made, all) : [];
	const {sources = []} = options;
	if (earlier && changes.length === 0 && hasSources(earlier, sources)) {
		return earlier;
	}

	if (options.frozen) {
		const why = earlier ? `the lock does not fit its inputs, since these are not as they were: ${(changes.length === 0 ? ['the sources of images'] : changes).join(', ')}` : 'there is no lock, and --frozen forbids to make one';
		throw new BuildError('STX0407', why, {at: {file: options.file}, hint: 'run `stx-build wheels` without --frozen and keep the new lock'});
	}

	const joined = joinSources(earlier?.inputs === made.inputs ? earlier.sources : [], sources);
	if (earlier && changes.length === 0) {
		return writeLock({...earlier, sources: joined}, options);
	}

	if (before) {
		effects.note(`the lock is resolved anew, ${earlier ? `since these are not as they were: ${changes.join(', ')}` : 'as --upgrade asks'}`);
	}

	const preferred = new Map(earlier?.packages.map(item => [item.name, item.version]));
	// A run for one image does not throw away what is locked for others, as long as their inputs are the same.
	const kept = earlier?.inputs === made.inputs
		? Object.entries(earlier.roots).filter(([label]) => all.every(root => root.label !== label)).map(([label, requirements]): WheelRoots => ({label, requirements, at: {file: options.file}}))
		: [];
	const resolved = await resolveLock(inputs, {
		...made, index, roots: [...roots, ...ownRoots(inputs)], kept, preferred, fromSource, fromIndex, locked: digestsOf(earlier), pinned: commitsOf(earlier), trust: options.trust ?? false,
	}, effects);
	const lock: Lock = {...resolved, sources: joined};
	for (const {url, sha256, was} of changedFiles(before, lock)) {
		effects.note(`${url} has other bytes than before: sha256 ${sha256}, and it was ${was}`);
	}

	return writeLock(lock, options);
}

async function writeLock(lock: Lock, {file, write}: LockOptions): Promise<Lock> {
	if (write !== false) {
		await writeWhole(file, formatLock(lock));
	}

	return lock;
}

/**
What has changed since a lock was made, in words.

@param roots what images need now; those that the lock was not made for do not count.
@param index its address.
@returns nothing for a lock that a run takes as it is. What was asked for on the command line when it was made, as
with --from-source, is taken to be asked for again.
*/
export function changesOfLock(lock: Lock, inputs: WheelInputs, roots: readonly WheelRoots[], index: string): readonly string[] {
	const {fromSource, fromIndex} = lock.parts;
	const now = lockInputs(inputs, {fromSource: [], fromIndex: [], index: maskSecrets(index)});
	const parts: Lock['parts'] = {...now.parts, ...(fromSource && {fromSource}), ...(fromIndex && {fromIndex})};
	const isSame = Object.keys(parts).every(name => parts[name] === lock.parts[name]);
	const all = [...roots.filter(({label}) => Object.hasOwn(lock.roots, label)), ...ownRoots(inputs, new Set(lock.leftOut.map(({name}) => name)))];
	return changesSince(lock, {inputs: isSame ? lock.inputs : now.inputs, parts}, all);
}

/** The lock in a file; undefined when there is none. @throws BuildError STX0408 */
async function readLock(file: string): Promise<Lock | undefined> {
	return await exists(file) ? parseLock(await readText(file), file) : undefined;
}

/** The sources of images that a lock has; none when there is no lock. @throws BuildError STX0408 */
export async function lockedSources(file: string): Promise<readonly LockedRef[]> {
	return (await readLock(file))?.sources ?? [];
}

/** Hex sha256 of the texts that a lock was made from, by address; empty when there is no lock. @throws BuildError STX0408 */
export async function lockedDocuments(file: string): Promise<ReadonlyMap<string, string>> {
	const lock = await readLock(file);
	return new Map(lock?.documents.map(({url, sha256}) => [url, sha256]));
}

const normalizeChoice = (choice: NameChoice = []): NameChoice => (choice === 'all' ? 'all' : choice.map(name => normalizeName(name)));

/** The lock that is there. Where a new one is wanted, one that cannot be read is as good as none. */
async function readBefore({file, upgrade}: LockOptions): Promise<Lock | undefined> {
	try {
		return await readLock(file);
	} catch (error) {
		if (upgrade && error instanceof BuildError) {
			return undefined;
		}

		throw error;
	}
}

/** Addresses at which a new lock has another file than the one before. */
function changedFiles(before: Lock | undefined, now: Lock): ReadonlyArray<{readonly url: string; readonly sha256: string; readonly was: string}> {
	const known = digestsOf(before);
	return [...digestsOf(now)].flatMap(([url, sha256]) => {
		const was = known.get(url);
		return was === undefined || was === sha256 ? [] : [{url, sha256, was}];
	});
}

/** Hex sha256 of the files that a lock has, by address. */
function digestsOf(lock: Lock | undefined): ReadonlyMap<string, string> {
	const files = [...lock?.packages ?? [], ...lock?.buildPackages ?? []].flatMap(({source}) => 'file' in source ? [source.file] : []);
	return new Map([...files, ...lock?.documents ?? []].map(({url, sha256}) => [url, sha256]));
}

/** Commits that a lock has, by name. */
function commitsOf(lock: Lock | undefined): ReadonlyMap<NormalizedName, LockedGit> {
	return new Map(lock?.packages.flatMap(({name, source}) => source.kind === 'git' ? [[name, source] as const] : []));
}

/** The roots that every lock has. @param without listed wheels that the lock does without */
function ownRoots({wheelList, modules, localWheels}: WheelInputs, without: ReadonlySet<NormalizedName> = new Set()): readonly WheelRoots[] {
	const listed = new Map(wheelList.filter(({name}) => !without.has(name)).map(({name, version, at}) => [`${name}==${version}`, at]));
	const local = new Map(modules.map(({name, at}) => [name as string, at]));
	return [
		{
			label: wheelListLabel, requirements: [...listed.keys()], at: wheelList[0]?.at ?? {file: 'the wheel list'}, places: listed,
		},
		{
			label: modulesLabel, requirements: [...local.keys()], at: modules[0]?.at ?? {file: 'wheels/modules.ini'}, places: local,
		},
		...(localWheels.length === 0 ? [] : [{label: localWheelsLabel, requirements: localWheels.map(({name}) => name), at: localWheels[0]!.at}]),
	];
}

/** @throws BuildError STX0409 for each requirement of a name that only a local module can give, when none gives it. */
function refuseAbsentModules(inputs: WheelInputs, roots: readonly WheelRoots[]): void {
	const given = new Set<NormalizedName>([...inputs.modules, ...inputs.gitModules, ...inputs.localWheels, ...inputs.wheelList].map(({name}) => name));
	throwProblems(roots.flatMap(root => root.requirements.flatMap(text => {
		const {normalized, marker} = parseRequirement(text, root.at);
		const needed = marker === undefined || evaluateMarker(marker, inputs.target.environment);
		return needed && inputs.onlyLocal.has(normalized) && !given.has(normalized) ? [absentModule(normalized, root, inputs.missingDebs)] : [];
	})));
}
