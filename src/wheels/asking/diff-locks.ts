/** What differs between two locks. Pure. */
import type {NormalizedName} from '../../python/index.js';
import type {Lock, LockedPackage} from '../lock/lock.js';
import {describeSource, type DescribedSource} from './describe-source.js';

type Pin = {readonly name: NormalizedName; readonly version: string};

/** Old and new value. */
export type Change<T> = {readonly old: T; readonly new: T};

export type ChangedWheel = {
	readonly name: NormalizedName;
	/** Of the new lock. */
	readonly version: string;
	/** Only what differs is there. */
	readonly changes: {
		readonly version?: Change<string>;
		/** Its kind. */
		readonly source?: Change<string>;
		/** The file it comes from: name with digest. */
		readonly file?: Change<string>;
		readonly dependencies?: {readonly added: readonly NormalizedName[]; readonly removed: readonly NormalizedName[]};
	};
};

export type ChangedBuild = {
	readonly name: NormalizedName;
	/** Of the new lock; of the old one for a build that is gone. */
	readonly version: string;
	readonly added: readonly Pin[];
	readonly removed: readonly Pin[];
	readonly changed: ReadonlyArray<{readonly name: NormalizedName} & Change<string>>;
};

export type LockDifference = {
	readonly added: ReadonlyArray<Pin & {readonly source: string}>;
	readonly removed: ReadonlyArray<Pin & {readonly source: string}>;
	readonly changed: readonly ChangedWheel[];
	/** Builds whose environment is another. */
	readonly builds: readonly ChangedBuild[];
	/** Labels whose own requirements are others. */
	readonly roots: ReadonlyArray<{readonly label: string; readonly added: readonly string[]; readonly removed: readonly string[]}>;
};

/** @returns what is added, removed and changed from the old lock to the new one, each by name. */
export function diffLocks(old: Lock, now: Lock): LockDifference {
	const [before, after] = [byKey(old.packages), byKey(now.packages)];
	return {
		added: now.packages.filter(({name}) => !before.has(name)).map(item => pinOf(item)),
		removed: old.packages.filter(({name}) => !after.has(name)).map(item => pinOf(item)),
		changed: now.packages.flatMap(item => {
			const earlier = before.get(item.name);
			const changes = earlier && diffPackages(earlier, item);
			return changes && Object.keys(changes).length > 0 ? [{name: item.name, version: item.version, changes}] : [];
		}),
		builds: diffBuilds(old, now),
		roots: diffRoots(old.roots, now.roots),
	};
}

const byKey = <T extends {readonly name: NormalizedName}>(items: readonly T[]): ReadonlyMap<NormalizedName, T> => new Map(items.map(item => [item.name, item]));

const pinOf = ({name, version, source}: LockedPackage) => ({name, version, source: describeSource(source).kind});

function diffPackages(old: LockedPackage, now: LockedPackage): ChangedWheel['changes'] {
	const [source, newSource] = [describeSource(old.source), describeSource(now.source)];
	const change = (a: string, b: string): Change<string> | undefined => (a === b ? undefined : {old: a, new: b});
	const version = change(old.version, now.version);
	const kind = change(source.kind, newSource.kind);
	const file = change(originOf(source), originOf(newSource));
	const added = now.dependencies.filter(name => !old.dependencies.includes(name));
	const removed = old.dependencies.filter(name => !now.dependencies.includes(name));
	return {
		...(version && {version}), ...(kind && {source: kind}), ...(file && {file}), ...((added.length > 0 || removed.length > 0) && {dependencies: {added, removed}}),
	};
}

/** What tells one source from another: the file with its digest, the commit; the place of what has neither. */
const originOf = ({filename, location, digest, commit}: DescribedSource): string => [filename ?? location, digest ?? commit].filter(part => part !== undefined).join(' ');

function diffBuilds(old: Lock, now: Lock): readonly ChangedBuild[] {
	const [before, after] = [byKey(old.builds), byKey(now.builds)];
	return [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap(name => {
		const [was, is] = [before.get(name)?.environment ?? [], after.get(name)?.environment ?? []];
		const {version} = (after.get(name) ?? before.get(name))!;
		const added = is.filter(tool => was.every(other => other.name !== tool.name));
		const removed = was.filter(tool => is.every(other => other.name !== tool.name));
		const changed = is.flatMap(tool => {
			const earlier = was.find(other => other.name === tool.name);
			return earlier && earlier.version !== tool.version ? [{name: tool.name, old: earlier.version, new: tool.version}] : [];
		});
		return added.length + removed.length + changed.length === 0
			? []
			: [{
				name, version, added, removed, changed,
			}];
	});
}

function diffRoots(old: Lock['roots'], now: Lock['roots']): LockDifference['roots'] {
	return [...new Set([...Object.keys(old), ...Object.keys(now)])].toSorted().flatMap(label => {
		const [was, is] = [old[label] ?? [], now[label] ?? []];
		const added = is.filter(text => !was.includes(text));
		const removed = was.filter(text => !is.includes(text));
		return added.length + removed.length === 0 ? [] : [{label, added, removed}];
	});
}
