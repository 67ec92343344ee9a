/** Locks by hand. */
import {keyOf} from '../../src/plan/index.js';
import {normalizeName} from '../../src/python/index.js';
import type {
	Lock, LockedBuild, LockedPackage, LockedSource,
} from '../../src/wheels/lock/lock.js';

export const fileOf = (filename: string, seed = 'a') => ({filename, url: `https://files.example/${filename}`, sha256: seed.repeat(64).slice(0, 64)});

/** A package from a source, with the names of what it needs. */
export const lockedOf = (name: string, version: string, source: LockedSource, ...dependencies: readonly string[]): LockedPackage => ({
	name: normalizeName(name), version, source, dependencies: dependencies.map(text => normalizeName(text)),
});

/** A wheel of the index. */
export const wheelIn = (name: string, version: string, ...dependencies: readonly string[]): LockedPackage =>
	lockedOf(name, version, {kind: 'wheel', file: {...fileOf(`${name.replaceAll('-', '_')}-${version}-py3-none-any.whl`), size: 1000}}, ...dependencies);

/** The build of a package in an environment of `name==version`. */
export const buildIn = (name: string, version: string, ...environment: readonly string[]): LockedBuild => ({
	name: normalizeName(name),
	version,
	requires: [],
	environment: environment.map(pin => {
		const [tool, toolVersion] = pin.split('==') as [string, string];
		return {name: normalizeName(tool), version: toolVersion};
	}),
});

/** A lock with what a test does not care about filled in. */
export const lockOf = (parts: Partial<Lock>): Lock => ({
	inputs: keyOf('inputs'),
	parts: {},
	sources: [],
	index: 'https://pypi.org/simple',
	python: '3.13',
	arch: 'x86_64',
	roots: {},
	packages: [],
	buildPackages: [],
	builds: [],
	documents: [],
	leftOut: [],
	unclosed: [],
	...parts,
});
