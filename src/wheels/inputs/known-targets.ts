/** The interpreter and the C library of the Debian releases that StarlingX builds on. */

export type TargetVersions = {
	/** CPython's version: `3.13`. */
	readonly python: string;
	/** `2.41`. */
	readonly glibc: string;
};

/** By `<os>-<codename>`. A target.ini says it for others, and decides where there is one. */
export const knownTargets: Readonly<Record<string, TargetVersions>> = {
	'debian-bullseye': {python: '3.9', glibc: '2.31'},
	'debian-bookworm': {python: '3.11', glibc: '2.36'},
	'debian-trixie': {python: '3.13', glibc: '2.41'},
};
