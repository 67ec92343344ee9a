/** A commit from a repository to the store: alone, without its history, and of a folder in it only that. */
import {createReadStream} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {BuildError, type SourceLocation} from '../errors.js';
import {maskSecrets} from '../mask-secrets.js';
import type {Digest, Store} from '../plan/index.js';
import {withTemporaryFolder} from './files.js';
import type {GitCommands} from './git-commands.js';
import {
	checkTree, isWithin, membersOf, parseSubmodules, parseTree, type Submodule, type TreeEntry,
} from './parse-git.js';

/** The tree of a commit: tars in the store, of the repository itself and of each of its submodules. */
export type GitTree = {
	readonly commit: string;
	/** The repository's own first, and each before those inside it. */
	readonly parts: ReadonlyArray<{
		/** Where it belongs; empty for the top. */
		readonly path: string;
		readonly commit: string;
		readonly digest: Digest;
		readonly size: number;
	}>;
};

/** What is fetched. */
export type Wanted = {
	readonly url: string;
	/** The whole id. */
	readonly commit: string;
	/** Empty for the whole tree. */
	readonly folder: string;
};

export type FetchOptions = {readonly signal?: AbortSignal; readonly at?: SourceLocation};

/** How deep submodules may be inside each other. */
const mostLevels = 8;

/** The bytes that git stores, and all of them, whatever the attributes of a tree say. */
const attributes = '* -export-ignore -export-subst -text -eol -ident -filter -working-tree-encoding\n';

/** @returns what brings the parts of a tree into the store; `temporary` is a folder for repositories. */
export function createTreeFetcher(git: GitCommands, {store, temporary}: {readonly store: Store; readonly temporary: string}): (wanted: Wanted, options: FetchOptions) => Promise<GitTree['parts']> {
	return async (wanted, options) => fetchParts(wanted, {path: '', level: 0}, options);

	/** A commit and the submodules below it; `place` is where it belongs. */
	async function fetchParts(wanted: Wanted, place: {readonly path: string; readonly level: number}, options: FetchOptions): Promise<GitTree['parts']> {
		const {url, commit, folder} = wanted;
		const {stored, submodules} = await withTemporaryFolder('git', async made => storeTree(wanted, made, options), temporary);
		if (submodules.length > 0 && place.level >= mostLevels) {
			throw new BuildError('STX0913', `its submodules are more than ${mostLevels} levels deep`, {at: {url: maskSecrets(url)}});
		}

		const inner: Array<GitTree['parts'][number]> = [];
		for (const {path: name, ...submodule} of submodules) {
			const rest = folder !== '' && isWithin(folder, name) ? folder.slice(name.length + 1) : '';
			inner.push(...await fetchParts({...submodule, folder: rest}, {path: path.posix.join(place.path, name), level: place.level + 1}, options));
		}

		return [...(stored ? [{path: place.path, commit, ...stored}] : []), ...inner];
	}

	/** Puts what is wanted of one repository into the store. */
	async function storeTree(wanted: Wanted, made: string, options: FetchOptions): Promise<{readonly stored?: Awaited<ReturnType<Store['add']>>; readonly submodules: readonly Submodule[]}> {
		const {url, commit, folder} = wanted;
		const {at = {url: maskSecrets(url)}, signal} = options;
		const repository = path.join(made, 'repository');
		const isPartial = await fetchCommit(git, wanted, repository, {at, signal});
		const entries = parseTree(await git.runChecked(['-C', repository, 'ls-tree', '-r', '-z', '--full-tree', commit]));
		checkTree(entries, {url: maskSecrets(url)});
		const paths = await fetchMembers(git, wanted, {
			repository, entries, isPartial, at, signal,
		});
		const submodules = (await readSubmodules(git, wanted, repository, entries))
			.filter(submodule => folder === '' || isWithin(submodule.path, folder) || isWithin(folder, submodule.path));
		if (folder !== '' && paths.length === 0) {
			if (submodules.length === 0) {
				throw new BuildError('STX0912', `the repository has no folder \`${folder}\` at commit ${commit}`, {at: [at, {url: maskSecrets(url)}], hint: 'correct the folder'});
			}

			return {submodules};
		}

		await mkdir(path.join(repository, 'info'), {recursive: true});
		await writeFile(path.join(repository, 'info', 'attributes'), attributes);
		const tar = path.join(made, 'tree.tar');
		// The attributes of the working tree, which a bare repository has none of, in place of those in the tree.
		await git.runChecked(['-C', repository, '--literal-pathspecs', 'archive', '--format=tar', '--worktree-attributes', `--output=${tar}`, commit, '--', ...paths], {long: true, signal});
		return {stored: await store.add(createReadStream(tar)), submodules};
	}
}

type Asking = {readonly at: SourceLocation; readonly signal: AbortSignal | undefined};

/**
Fetches a commit into a new bare repository: of a folder only the trees at first.

@returns whether there is more to fetch.
@throws BuildError STX0912 when there is no such commit; STX0911, STX0306.
*/
async function fetchCommit(git: GitCommands, {url, commit, folder}: Wanted, repository: string, {at, signal}: Asking): Promise<boolean> {
	const inside = ['-C', repository];
	await git.runChecked(['init', '--quiet', '--bare', '--template=', `--object-format=${commit.length === 64 ? 'sha256' : 'sha1'}`, repository]);
	// Of a partial clone git itself fetches what it turns out to lack.
	const partial = [['core.repositoryFormatVersion', '1'], ['extensions.partialClone', 'origin'], ['remote.origin.promisor', 'true'], ['remote.origin.partialCloneFilter', 'blob:none']];
	for (const setting of [['remote.origin.url', url], ...(folder === '' ? [] : partial)]) {
		await git.runChecked([...inside, 'config', ...setting]);
	}

	const fetch = [...inside, 'fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--update-shallow'];
	const alone = await git.ask([...fetch, '--depth=1', ...(folder === '' ? [] : ['--filter=blob:none']), 'origin', commit], {long: true, signal});
	// Old servers and plain file servers give what they advertise, and only whole.
	const isRefused = alone.exitCode !== 0 && /unadvertised object|does not support shallow|dumb http/v.test(alone.stderr);
	if (isRefused) {
		const all = await git.ask([...fetch, 'origin', '+refs/*:refs/fetched/*'], {long: true, signal});
		if (all.exitCode !== 0) {
			throw git.explain(url, all, at);
		}
	} else if (alone.exitCode !== 0 && !/not our ref|couldn't find remote ref/v.test(alone.stderr)) {
		throw git.explain(url, alone, at);
	}

	const found = await git.run([...inside, 'rev-parse', '--verify', '--quiet', `${commit}^{commit}`]);
	if (found.stdout.trim() !== commit) {
		throw new BuildError('STX0912', `the repository has no commit \`${commit}\``, {at: [at, {url: maskSecrets(url)}], hint: 'correct the commit, or the URL'});
	}

	return folder !== '' && !isRefused && !alone.stderr.includes('filtering not recognized');
}

/** Brings what is wanted of a tree into the repository: a folder, and what links in it lead to. @returns their paths; none for the whole tree */
async function fetchMembers(git: GitCommands, {url, folder}: Wanted, {repository, entries, isPartial, at, signal}: Asking & {
	readonly repository: string; readonly entries: readonly TreeEntry[]; readonly isPartial: boolean;
}): Promise<readonly string[]> {
	const bring = async (members: readonly TreeEntry[]): Promise<void> => {
		const ids = new Set(members.filter(({kind}) => kind !== 'submodule').map(({id}) => id));
		if (!isPartial || ids.size === 0) {
			return;
		}

		const arguments_ = ['-C', repository, '-c', 'fetch.negotiationAlgorithm=noop', 'fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--filter=blob:none', '--stdin', 'origin'];
		const result = await git.ask(arguments_, {long: true, signal, input: `${[...ids].join('\n')}\n`});
		if (result.exitCode !== 0) {
			throw git.explain(url, result, at);
		}
	};

	if (folder === '') {
		return [];
	}

	const members = membersOf(entries, folder);
	await bring(members);
	const targets: string[] = [];
	for (const {id, path: name} of members.filter(({kind}) => kind === 'link')) {
		targets.push(path.posix.join(path.posix.dirname(name), await git.runChecked(['-C', repository, 'cat-file', 'blob', id])));
	}

	const linked = [...new Set(targets)].filter(target => !isWithin(target, folder) && membersOf(entries, target).length > 0);
	await bring(linked.flatMap(target => membersOf(entries, target)));
	return [...(members.length > 0 ? [folder] : []), ...linked];
}

async function readSubmodules(git: GitCommands, {url, commit}: Wanted, repository: string, entries: readonly TreeEntry[]): Promise<readonly Submodule[]> {
	if (entries.every(({kind}) => kind !== 'submodule') || entries.every(entry => entry.path !== '.gitmodules')) {
		return [];
	}

	const {stdout} = await git.run(['-C', repository, 'config', `--blob=${commit}:.gitmodules`, '--null', '--get-regexp', String.raw`^submodule\..*\.(path|url)$`]);
	return parseSubmodules(stdout, entries, url);
}
