/** What a lock is made from, and what of it has changed since. Pure. */
import {keyOf, type Json, type Key} from '../../plan/index.js';
import type {NameChoice, WheelInputs, WheelRoots} from '../inputs/inputs.js';
import type {Lock} from './lock.js';

/** All that decides what a lock holds, but for the roots, which it holds itself. */
export type LockInputs = {
	/** The digest of everything. */
	readonly inputs: Key;
	/** The digest of each part, so that it can be told later which of them has changed. */
	readonly parts: Readonly<Record<string, Key>>;
};

/** Changes when the lock of equal inputs would be made differently. */
const lockRecipe = 3;

/** The parts as people know them. One that is not here is a matter of stx-build itself. */
const partWords: Readonly<Record<string, string>> = {
	index: 'the index',
	fromSource: '--from-source',
	fromIndex: '--from-index',
	target: 'the target',
	constraints: 'the constraints',
	wheelList: 'the wheel list',
	modules: 'the local modules',
	gitModules: 'the local modules',
	onlyLocal: 'the local modules',
	localWheels: 'the wheels of this machine',
	toolchain: 'the toolchain',
	buildSettings: 'the build settings',
};

/** @param index address of the index, without credentials. */
export function lockInputs(inputs: WheelInputs, {fromSource, fromIndex, index}: {readonly fromSource: NameChoice; readonly fromIndex: NameChoice; readonly index: string}): LockInputs {
	const {target} = inputs;
	const all: Readonly<Record<string, Json>> = {
		recipe: lockRecipe,
		index,
		fromSource: sorted(fromSource),
		fromIndex: sorted(fromIndex),
		target: {python: target.python, arch: target.arch, glibc: target.glibc},
		constraints: inputs.constraints.entries.map(({line: _, ...entry}) => entry),
		wheelList: inputs.wheelList.map(({at: _, ...entry}) => entry),
		modules: inputs.modules.map(({name, version, requires, buildRequires}) => ({
			name, version, requires, buildRequires,
		})),
		gitModules: inputs.gitModules.map(({at: _, ...module}) => module),
		localWheels: inputs.localWheels.map(({filename, digest}) => ({filename, digest})),
		onlyLocal: [...inputs.onlyLocal].toSorted(),
		toolchain: inputs.toolchain.map(({name, version, sha256}) => ({name, version, sha256})),
		buildSettings: [...inputs.buildSettings.values()].map(({name, buildRequires, requires, unconstrained, from}) => ({
			name, buildRequires, requires, unconstrained, from,
		})),
	};
	return {inputs: keyOf(all), parts: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, keyOf(value)]))};
}

const sorted = (choice: NameChoice): NameChoice => (choice === 'all' ? 'all' : choice.toSorted());

/** The requirements of roots as a lock holds them. */
export const sortedRequirements = (roots: WheelRoots): readonly string[] => [...new Set(roots.requirements.map(text => text.trim()))].toSorted();

/**
What has changed since a lock was made, in words: `the constraints`, `what \`stx-keystone\` needs`.

@param roots that the lock must have as they are now.
@returns nothing for a lock that is fresh.
*/
export function changesSince(lock: Pick<Lock, 'inputs' | 'parts' | 'roots'>, {inputs, parts}: LockInputs, roots: readonly WheelRoots[]): readonly string[] {
	const isHeld = (root: WheelRoots): boolean => {
		const locked = Object.hasOwn(lock.roots, root.label) ? lock.roots[root.label] : undefined;
		return locked !== undefined && JSON.stringify(locked) === JSON.stringify(sortedRequirements(root));
	};

	return [
		...(lock.inputs === inputs ? [] : changedParts(lock.parts, parts)),
		...roots.filter(root => !isHeld(root)).map(({label}) => `what \`${label}\` needs`),
	];
}

function changedParts(before: LockInputs['parts'], now: LockInputs['parts']): readonly string[] {
	const changed = Object.keys(now).filter(name => before[name] !== now[name]).map(name => partWords[name] ?? 'stx-build');
	// A lock without parts is of an stx-build that did not write them.
	return Object.keys(before).length === 0 ? ['the inputs'] : [...new Set(changed)];
}
