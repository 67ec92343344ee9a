/** The steps that bring what wheels are made from. Pure. */
import {keyed, type Digest, type Step} from '../plan/index.js';
import type {NormalizedName} from '../python/index.js';
import type {
	LockedFile, LockedGit, LockedLocal, LockedPackage,
} from './lock/lock.js';

export type FetchInputs = {readonly file: LockedFile};

export type GitInputs = {
	readonly name: NormalizedName;
	readonly url: string;
	readonly commit: string;
	readonly subfolder: string;
};

/** A wheel of this machine, which is in the store since the inputs were read. */
export type TakeInputs = {readonly filename: string; readonly path: string; readonly digest: Digest};

type Planned = Omit<Step, 'group'>;

export const fetchId = (file: LockedFile): string => `fetch:${file.filename}`;

const takeId = (filename: string): string => `take:${filename}`;

/** The step that gives the wheel of a distribution. */
export const stepId = ({name, version, source}: LockedPackage): string => source.kind === 'wheel' ? fetchId(source.file) : (source.kind === 'local' ? takeId(source.filename) : `build:${name}-${version}`);

export const planFetch = (file: LockedFile): Planned => ({
	id: fetchId(file),
	kind: 'wheels.fetch',
	title: `fetch ${file.filename}`,
	needs: [],
	...keyed({kind: 'wheels.fetch', filename: file.filename, sha256: file.sha256}),
	inputs: {file} satisfies FetchInputs,
	uses: 'network',
	weight: 1 + Math.round((file.size ?? 0) / 5_000_000),
});

export const planTake = ({filename, path, sha256}: LockedLocal): Planned => ({
	id: takeId(filename),
	kind: 'wheels.take',
	title: `take ${filename}`,
	needs: [],
	...keyed({kind: 'wheels.take', filename, sha256}),
	inputs: {filename, path, digest: `sha256:${sha256}`} satisfies TakeInputs,
	uses: 'none',
});

export const planTree = ({name, version}: LockedPackage, {url, commit, subfolder}: LockedGit): Planned => ({
	id: `git:${name}-${version}`,
	kind: 'wheels.git',
	title: `fetch ${name} ${version} from ${url}`,
	needs: [],
	...keyed({kind: 'wheels.git', commit, subfolder}),
	inputs: {
		name, url, commit, subfolder,
	} satisfies GitInputs,
	uses: 'network',
	weight: 5,
});

/** How a project that takes its version from git learns it without git: pbr's and setuptools-scm's variables. */
export const versionVariables = (name: NormalizedName, version: string): Readonly<Record<string, string>> => ({
	PBR_VERSION: version,
	SETUPTOOLS_SCM_PRETEND_VERSION: version,
	[`SETUPTOOLS_SCM_PRETEND_VERSION_FOR_${name.replaceAll('-', '_').toUpperCase()}`]: version,
});
