/** An existing wheels tarball, taken into the store. */
import path from 'node:path';
import {readdir} from 'node:fs/promises';
import {collect, throwProblems, type BuildError} from '../../errors.js';
import type {Store} from '../../plan/index.js';
import {
	normalizeName, parseWheelFilename, wheelRank, type NormalizedName, type Target,
} from '../../python/index.js';
import {
	compressionOfFile, exists, extractArchive, readText, withTemporaryFolder,
} from '../../system/index.js';
import type {WheelRoots} from '../inputs/inputs.js';
import type {FileResult, WheelRef} from '../step-inputs.js';
import {storeWheel} from '../build/wheel-file.js';
import {closeOver, createFollower, type Members} from './closure.js';
import {
	absentTarball, asTarball, compressedTarball, wrongTarball,
} from './tarball-error.js';

/** A wheel of a tarball: in the store, with its metadata. */
export type TarballWheel = Extract<WheelRef, {readonly filename: string}> & {readonly metadata: NonNullable<FileResult['metadata']>};

export type WheelSet = {
	readonly file: string;
	readonly wheels: readonly TarballWheel[];
	/** Text of its upper-constraints.txt. */
	readonly constraints: string;
};

/**
Takes the wheels of a tarball into the store, each verified to be what its name says. Wheels of another interpreter or
architecture, of which StarlingX's own tarballs have some, are left out.

@param file a tar with `*.whl` and `upper-constraints.txt` at its top, plain or gzip-compressed.
@param folder for temporary files.
@throws BuildError STX0420 when it is no wheels tarball, or has two wheels of one distribution; STX0416 for a wheel that
is not what it is named; STX0903, STX0907.
*/
export async function openTarball(file: string, {store, target, folder}: {readonly store: Store; readonly target: Target; readonly folder: string}): Promise<WheelSet> {
	if (!await exists(file)) {
		throw absentTarball(file);
	}

	const compression = await compressionOfFile(file);
	if (compression && compression.name !== 'gzip') {
		throw compressedTarball(file, ` with ${compression.name}, and only gzip can be read`, compression.program);
	}

	return withTemporaryFolder('tarball', async temporary => {
		const unpacked = path.join(temporary, 'members');
		await asTarball(file, extractArchive(file, unpacked));
		const names = await readdir(unpacked);
		const constraints = path.join(unpacked, 'upper-constraints.txt');
		if (!names.includes('upper-constraints.txt') || !names.some(name => name.endsWith('.whl'))) {
			throw wrongTarball(file, `has no ${names.includes('upper-constraints.txt') ? 'wheels' : '`upper-constraints.txt`'} at its top`);
		}

		const problems: BuildError[] = [];
		const usable = names.filter(name => name.endsWith('.whl')).toSorted().filter(name => {
			const wheel = collect(problems, () => parseWheelFilename(name, {file}));
			return wheel !== undefined && wheelRank(wheel, target) !== undefined;
		});
		throwProblems(problems);
		const wheels = new Map<NormalizedName, TarballWheel>();
		for (const filename of usable) {
			const {digest, size, metadata} = await storeWheel(path.join(unpacked, filename), filename, store, {file});
			const name = normalizeName(metadata.name);
			const other = wheels.get(name);
			if (other) {
				problems.push(wrongTarball(file, `has two wheels of \`${name}\`: \`${other.filename}\` and \`${filename}\``, {hint: 'take one of them out'}));
			}

			wheels.set(name, {
				name, version: metadata.version, filename, digest, size, metadata,
			});
		}

		throwProblems(problems);
		return {file, wheels: [...wheels.values()], constraints: await readText(constraints)};
	}, folder);
}

/**
The wheels of a tarball that images need.

@returns the wheels by label, each list sorted by name.
@throws BuildError STX0418 for each distribution that is missing, with the chain that leads to it and the tarball's file.
*/
export function wheelsOfTarball(set: WheelSet, roots: readonly WheelRoots[], target: Target): ReadonlyMap<string, readonly TarballWheel[]> {
	const byName = new Map(set.wheels.map(wheel => [wheel.name, wheel]));
	const closures = closeOver(roots, membersOf(set), target, set.file);
	return new Map([...closures].map(([label, names]) => [label, names.map(name => byName.get(name)!)]));
}

/**
The wheels of a tarball that an image may use: those it needs, or all of them where some of those are missing, for a check
that is to say so.
*/
export function usableWheels(set: WheelSet, {requirements}: WheelRoots, target: Target): readonly TarballWheel[] {
	const {chains, gaps} = createFollower(membersOf(set), target)(requirements);
	return gaps.length > 0 ? set.wheels : set.wheels.filter(({name}) => chains.has(name));
}

const membersOf = ({wheels}: WheelSet): Members => new Map(wheels.map(({name, metadata}) => [name, metadata]));
