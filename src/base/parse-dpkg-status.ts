/** dpkg's status file: which packages are installed. */
import {createHash} from 'node:crypto';
import {BuildError} from '../errors.js';
import type {AptState, BaseTarget, SuiteState} from './apt-state.js';

/** The installed packages of `/var/lib/dpkg/status`: name to version. */
export function parseDpkgStatus(text: string): ReadonlyMap<string, string> {
	const packages = new Map<string, string>();
	for (const paragraph of text.split(/\n{2,}/)) {
		const field = (name: string): string | undefined => new RegExp(`^${name}: (.+)$`, 'm').exec(paragraph)?.[1];
		const name = field('Package');
		const version = field('Version');
		if (name !== undefined && version !== undefined && field('Status')?.endsWith(' installed')) {
			packages.set(name, version);
		}
	}

	return packages;
}

/** Debian's name of the architecture that packages are for: that of dpkg itself, as others may be there for a second one. */
export function findArchitecture(text: string): string | undefined {
	const paragraph = text.split(/\n{2,}/).find(part => /^Package: dpkg$/m.test(part));
	return /^Architecture: (?<name>\S+)$/m.exec(paragraph ?? '')?.groups?.name;
}

/** What is recorded of a set of packages. */
export function describePackages(packages: ReadonlyMap<string, string>, suites: readonly SuiteState[]): AptState {
	const lines = [...packages].map(([name, version]) => `${name}=${version}\n`).toSorted();
	return {suites, packages: packages.size, digest: `sha256:${createHash('sha256').update(lines.join('')).digest('hex')}`};
}

/**
The interpreter and the C library among the packages.

@throws BuildError STX0503 when one is not there.
*/
export function findTarget(packages: ReadonlyMap<string, string>): BaseTarget {
	const pythonVersion = upstreamVersion(packages, 'python3');
	const glibc = upstreamVersion(packages, 'libc6');
	const python = /^\d+\.\d+/.exec(pythonVersion)?.[0] ?? pythonVersion;
	return {python, pythonVersion, glibc};
}

/** A Debian version without epoch and revision. */
function upstreamVersion(packages: ReadonlyMap<string, string>, name: string): string {
	const version = packages.get(name);
	if (version === undefined) {
		throw new BuildError('STX0503', `the base image has no package \`${name}\``, {hint: 'add it to build-config/base/<os>-<codename>/packages'});
	}

	return version.replace(/^\d+:/, '').replace(/-[^-]*$/, '').replace(/\+.*$/, '');
}
