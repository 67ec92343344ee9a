/**
The one way to what repositories hold: what a branch or a tag means, and the tree of a commit, in the store.

A commit is fetched alone, without its history, and of a folder in it only that, into a repository of its own that is gone
afterwards. What stays is its tree, by the commit's id: nothing is shared between runs that one of them could leave half
done, and a commit that was fetched once needs no network any more. Hooks, filters, prompts and the user's other settings
have no part in it.
*/
import path from 'node:path';
import {BuildError} from '../errors.js';
import {isCommitId} from '../git-url.js';
import {maskSecrets} from '../mask-secrets.js';
import {keyOf, type Store} from '../plan/index.js';
import {extractArchive} from './archive.js';
import {withTemporaryFolder} from './files.js';
import {createGitCommands, type GitCommandEffects} from './git-commands.js';
import {describeCommit, type Nearest} from './git-describe.js';
import {createTreeFetcher, type FetchOptions, type GitTree} from './git-fetch.js';
import {meanings, parseRefs} from './parse-git.js';

export type Git = {
	/**
	The commit that a branch, a tag or another ref means now, and the whole name of that ref. A whole commit id means itself.
	@throws BuildError STX0912 when there is none of that name; STX0911, STX0306 when nobody can be asked.
	*/
	resolve(url: string, ref: string, options?: GitOptions): Promise<{readonly commit: string; readonly ref: string}>;
	/**
	Brings the tree of a commit into the store, with its submodules; or a folder of it, with what links in that lead to,
	and then asks for nothing else. Its files are the bytes that git stores, whatever its attributes say of line ends,
	keywords and exports.
	@throws BuildError STX0912 when the repository has no such commit or folder; STX0911, STX0306, STX0913.
	*/
	fetch(url: string, commit: string, options?: GitOptions & {readonly folder?: string}): Promise<GitTree>;
	/**
	The nearest version among the tags that a commit is of, or comes after: a tag that begins with a digit, or with `v` and
	a digit. Of the history only the commits themselves are fetched, where the host can do that.
	@returns the tag, and how many commits come after it; undefined when there is none.
	@throws BuildError STX0912 when the repository has no such commit; STX0911, STX0306.
	*/
	describe(url: string, commit: string, options?: GitOptions): Promise<Nearest | undefined>;
	/** Unpacks a tree. @param folder is made, or empty. @throws BuildError STX0907, STX0802 */
	extract(tree: GitTree, folder: string): Promise<void>;
	/** Whether all of a tree is in the store. */
	has(tree: GitTree): Promise<boolean>;
};

export type GitOptions = FetchOptions;

export type GitEffects = Omit<GitCommandEffects, 'folder'> & {
	readonly store: Store;
	/** Folder for what is kept between runs, and for temporary files. */
	readonly cache: string;
};

/** Changes when the tree of a commit would be stored in another form. */
const treeRecipe = 1;

export function createGit({store, cache, ...effects}: GitEffects): Git {
	const temporary = path.join(cache, 'tmp');
	const git = createGitCommands({...effects, folder: path.join(cache, 'git')});
	const fetchTree = createTreeFetcher(git, {store, temporary});
	const has: Git['has'] = async tree => (await Promise.all(tree.parts.map(async ({digest}) => store.has(digest)))).every(Boolean);
	return {
		has,
		async resolve(url, ref, options = {}) {
			const {at = {url: maskSecrets(url)}, signal} = options;
			if (isCommitId(ref)) {
				return {commit: ref, ref};
			}

			const wanted = meanings(ref);
			const result = await git.ask(['ls-remote', '--quiet', '--', url, ...wanted, ...wanted.map(name => `${name}^{}`)], {...(signal && {signal})});
			if (result.exitCode !== 0) {
				throw git.explain(url, result, at);
			}

			const refs = parseRefs(result.stdout);
			const found = wanted.find(name => refs.has(name));
			if (found === undefined) {
				throw new BuildError('STX0912', `the repository has no branch or tag \`${ref}\``, {at: [at, {url: maskSecrets(url)}], hint: /^[\da-f]{7,}$/v.test(ref) ? 'a commit is named by its whole id' : 'correct the branch or the tag, or the URL'});
			}

			return {commit: refs.get(found)!, ref: found};
		},
		async fetch(url, commit, options = {}) {
			const {folder = ''} = options;
			const key = keyOf({
				kind: 'git.tree', recipe: treeRecipe, commit, folder,
			});
			const earlier = await store.result(key) as GitTree | undefined;
			if (earlier && await has(earlier)) {
				return earlier;
			}

			const tree: GitTree = {commit, parts: await fetchTree({url, commit, folder}, options)};
			await store.keep(key, tree);
			return tree;
		},
		async describe(url, commit, options = {}) {
			return withTemporaryFolder('git', async folder => describeCommit(git, {url, commit}, path.join(folder, 'repository'), options), temporary);
		},
		async extract({parts}, folder) {
			for (const part of parts) {
				await store.use(part.digest, async tar => extractArchive(tar, path.join(folder, part.path)));
			}
		},
	};
}
