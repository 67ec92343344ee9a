/** The lock: read when it is fresh, otherwise resolved anew and written. */
import {BuildError, throwProblems} from '../../errors.js';
import {maskSecrets} from '../../mask-secrets.js';
import {
	evaluateMarker, normalizeName, parseRequirement, type NormalizedName,
} from '../../python/index.js';
import {exists, readText, writeWhole} from '../../system/index.js';
import {
	modulesLabel, wheelListLabel, type FromSource, type WheelInputs, type WheelRoots,
} from '../inputs/inputs.js';
import {absentModule} from './explain-uv-failure.js';
import {formatLock} from './format-lock.js';
import {isFresh, lockInputs, type Lock} from './lock.js';
import {parseLock} from './parse-lock.js';
import {resolveLock, type LockEffects} from './resolve-lock.js';

export type LockOptions = {
	/** The lock file. */
	readonly file: string;
	/** Whether a new lock is written to the file; it is, unless this is false. */
	readonly write?: boolean;
	/** Refuse to make a new lock. */
	readonly frozen?: boolean;
	readonly fromSource?: FromSource;
	/** Make a new lock, with the newest versions that the constraints allow. */
	readonly upgrade?: boolean;
};

/**
Gives the lock of these inputs and roots: the one on disk when it is fresh, without asking anybody; otherwise a new one.

@param roots what the images need; those of the wheel list and of the local modules are added here.
@throws BuildError STX0407 when it is not fresh and may not be made; STX0409 for a root that only an absent local module
can give; STX0410 to STX0414 from resolving.
*/
export async function lockWheels(inputs: WheelInputs, roots: readonly WheelRoots[], options: LockOptions, effects: LockEffects): Promise<Lock> {
	const fromSource = options.fromSource === 'all' ? 'all' : (options.fromSource ?? []).map(name => normalizeName(name));
	const all = [...roots, ...ownRoots(inputs)];
	refuseAbsentModules(inputs, all);
	const index = maskSecrets(effects.network.index);
	const digest = lockInputs(inputs, {fromSource, index});
	const earlier = await readEarlier(options);
	if (earlier && !options.upgrade && isFresh(earlier, digest, all)) {
		return earlier;
	}

	if (options.frozen) {
		const why = earlier ? `the lock does not fit its inputs: ${staleBecause(earlier, digest, all)}` : 'there is no lock, and --frozen forbids to make one';
		throw new BuildError('STX0407', why, {at: {file: options.file}, hint: 'run `stx-build wheels` without --frozen and keep the new lock'});
	}

	const preferred = new Map(options.upgrade ? [] : earlier?.packages.map(item => [item.name, item.version]));
	// A run for one image does not throw away what is locked for others, as long as their inputs are the same.
	const kept = earlier?.inputs === digest && !options.upgrade
		? Object.entries(earlier.roots).filter(([label]) => all.every(root => root.label !== label)).map(([label, requirements]): WheelRoots => ({label, requirements, at: {file: options.file}}))
		: [];
	const lock = await resolveLock(inputs, {
		digest, index, roots: all, kept, preferred, fromSource,
	}, effects);
	if (options.write !== false) {
		await writeWhole(options.file, formatLock(lock));
	}

	return lock;
}

async function readEarlier({file}: LockOptions): Promise<Lock | undefined> {
	return await exists(file) ? parseLock(await readText(file), file) : undefined;
}

/** The roots that every lock has. */
function ownRoots({wheelList, modules}: WheelInputs): readonly WheelRoots[] {
	const listed = new Map(wheelList.map(({name, version, at}) => [`${name}==${version}`, at]));
	const local = new Map(modules.map(({name, at}) => [name as string, at]));
	return [
		{
			label: wheelListLabel, requirements: [...listed.keys()], at: wheelList[0]?.at ?? {file: 'the wheel list'}, places: listed,
		},
		{
			label: modulesLabel, requirements: [...local.keys()], at: modules[0]?.at ?? {file: 'wheels/modules.ini'}, places: local,
		},
	];
}

function staleBecause(lock: Lock, digest: string, roots: readonly WheelRoots[]): string {
	if (lock.inputs !== digest) {
		return 'the constraints, the wheel list, the modules, the target, the index or --from-source are not those it was made from';
	}

	const changed = roots.filter(root => !isFresh(lock, lock.inputs, [root])).map(root => `\`${root.label}\``);
	return `it was not made for what ${changed.join(', ')} needs now`;
}

/** @throws BuildError STX0409 for each requirement of a name that only a local module can give, when none gives it. */
function refuseAbsentModules(inputs: WheelInputs, roots: readonly WheelRoots[]): void {
	const given = new Set<NormalizedName>([...inputs.modules, ...inputs.wheelList].map(({name}) => name));
	throwProblems(roots.flatMap(root => root.requirements.flatMap(text => {
		const {normalized, marker} = parseRequirement(text, root.at);
		const needed = marker === undefined || evaluateMarker(marker, inputs.target.environment);
		return needed && inputs.onlyLocal.has(normalized) && !given.has(normalized) ? [absentModule(normalized, root)] : [];
	})));
}
