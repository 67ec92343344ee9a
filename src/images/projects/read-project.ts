/** What must be known of a project before its image can be planned: its name, its version, and what it requires. */
import {BuildError, type SourceLocation} from '../../errors.js';
import {maskSecrets} from '../../mask-secrets.js';
import {keyOf, type Store} from '../../plan/index.js';
import type {Git} from '../../system/index.js';
import {readGitProject, type Project as SaidProject} from '../../wheels/index.js';
import type {PinnedSource} from '../sources/index.js';
import {versionAfter} from './version-after.js';

/** The project of an image, at a commit. */
export type Project = PinnedSource & {
	/** Of the distribution; where the project does not say it in plain text, nobody knows it before it is built. */
	readonly name?: string;
	readonly version: string;
	/** Run-time requirements, PEP 508. */
	readonly requires: readonly string[];
	/** Requirements of its build, PEP 508. */
	readonly buildRequires: readonly string[];
};

export type ProjectEffects = {
	readonly git: Git;
	readonly store: Store;
	/** Folder for temporary files. */
	readonly temporary: string;
	readonly signal?: AbortSignal;
};

/** Counted up when the same commit is read as something else. */
const recipe = 1;

/**
Reads a project at a commit. It is read once: what it says is in the store from then on.

@param locked the version that an earlier lock has for this commit. Tags come later, and do not make another image of it.
@param at who asks for it.
@throws BuildError STX0607 when it does not say in plain text what it requires; STX0406, STX0414 for what is no project;
STX0911, STX0912, STX0306 of git.
*/
export async function readProject(source: PinnedSource, {locked, at}: {readonly locked: string | undefined; readonly at: SourceLocation}, effects: ProjectEffects): Promise<Project> {
	const {git, signal} = effects;
	const said = await readSaid(source, at, effects);
	const {name, requires, buildRequires} = said;
	if (!requires) {
		throw new BuildError('STX0607', `what the project in \`${maskSecrets(source.url)}\` requires is not written in its files in plain text`, {at: [at, {url: maskSecrets(source.url)}], hint: 'make it a module in wheels/modules.ini with `requires`, and its image one of packages (PROJECT=infra, PROJECT_REPO=nil)'});
	}

	const version = said.version ?? locked ?? versionAfter(await git.describe(source.url, source.commit, {at, ...(signal && {signal})}));
	return {
		...source, ...(name !== undefined && {name}), version, requires, buildRequires,
	};
}

async function readSaid({url, commit}: PinnedSource, at: SourceLocation, {git, store, temporary, signal}: ProjectEffects): Promise<SaidProject> {
	const key = keyOf({kind: 'git.project', recipe, commit});
	const earlier = await store.result(key) as SaidProject | undefined;
	if (earlier) {
		return earlier;
	}

	const said = await readGitProject({url, commit, at}, {git, temporary, ...(signal && {signal})});
	await store.keep(key, said);
	return said;
}
