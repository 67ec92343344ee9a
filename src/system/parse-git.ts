/** What git's plumbing prints, and which names are allowed in a tree. Pure. */
import {BuildError, type SourceLocation} from '../errors.js';
import {isCommitId, parseGitUrl} from '../git-url.js';

/** A member of a tree, as `git ls-tree` lists it. */
export type TreeEntry = {
	readonly kind: 'file' | 'link' | 'submodule';
	/** Of the blob, or the commit of a submodule. */
	readonly id: string;
	/** Below the top of the tree, with `/`. */
	readonly path: string;
};

/** A submodule with the repository and the commit that it is taken from. */
export type Submodule = {readonly path: string; readonly url: string; readonly commit: string};

/** Reads `git ls-remote`: ids by the whole names of refs; an annotated tag by the commit it is of. */
export function parseRefs(text: string): ReadonlyMap<string, string> {
	const refs = new Map<string, string>();
	for (const line of text.split('\n')) {
		const [id, name] = line.split('\t');
		if (id !== undefined && name !== undefined && isCommitId(id)) {
			// `refs/tags/v1^{}`, what the tag is of, follows `refs/tags/v1`.
			refs.set(name.replace(/\^\{\}$/v, ''), id);
		}
	}

	return refs;
}

/** The refs that a short name may mean, the first that is there counts (gitrevisions(7)). */
export const meanings = (ref: string): readonly string[] => [ref, `refs/${ref}`, `refs/tags/${ref}`, `refs/heads/${ref}`];

/** Reads `git ls-tree -r -z`. */
export function parseTree(text: string): readonly TreeEntry[] {
	return text.split('\0').filter(record => record !== '').map(record => {
		const [, mode, id, path] = /^(?<mode>\d+) \w+ (?<id>[\da-f]+)\t(?<path>[\s\S]*)$/v.exec(record) ?? [];
		return {kind: mode === '160000' ? 'submodule' : (mode === '120000' ? 'link' : 'file'), id: id!, path: path!};
	});
}

/** Whether a path is a folder or something in it. */
export const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** The members of a folder, or the one of that name. */
export const membersOf = (entries: readonly TreeEntry[], folder: string): readonly TreeEntry[] => entries.filter(({path}) => isWithin(path, folder));

/**
@throws BuildError STX0913 for names that make a folder of the tree a repository with settings of its own: git would
run what these say.
*/
export function checkTree(entries: readonly TreeEntry[], at: SourceLocation): void {
	const bad = entries.find(({path}) => path.split('/').some(part => /^(?:\.git|git~\d+|\.{1,2}|)$/iv.test(part)));
	if (bad) {
		throw new BuildError('STX0913', `the repository has a member \`${bad.path}\``, {at, hint: 'the repository is hostile: do not use it'});
	}
}

/**
Reads `git config --blob=COMMIT:.gitmodules --null --get-regexp`.

@param parent URL of the repository that has them, from which relative ones are meant.
@throws BuildError STX0913 and STX0915 for a submodule that may not be fetched.
*/
export function parseSubmodules(text: string, entries: readonly TreeEntry[], parent: string): readonly Submodule[] {
	const declared = new Map<string, {path?: string; url?: string}>();
	for (const record of text.split('\0')) {
		const {name, key, value} = /^submodule\.(?<name>[\s\S]+)\.(?<key>path|url)\n(?<value>[\s\S]*)$/v.exec(record)?.groups ?? {};
		if (name !== undefined) {
			declared.set(name, {...declared.get(name), [key!]: value!});
		}
	}

	const urls = new Map([...declared.values()].map(({path, url}) => [path, url]));
	return entries.filter(({kind}) => kind === 'submodule').flatMap(({path, id}) => {
		const written = urls.get(path);
		// Without a URL it is an empty folder for git too.
		return written === undefined ? [] : [{path, commit: id, url: submoduleUrl(written, parent, path)}];
	});
}

function submoduleUrl(written: string, parent: string, path: string): string {
	let base = parent.replace(/\/+$/v, '');
	let rest = written;
	while (/^\.{1,2}\//v.test(rest)) {
		base = rest.startsWith('../') ? base.slice(0, base.lastIndexOf('/')) : base;
		rest = rest.slice(rest.indexOf('/') + 1);
	}

	const url = parseGitUrl(rest === written ? written : `${base}/${rest}`, {url: parent});
	// A repository of strangers must not bring files of this machine into a build.
	if (new URL(url).protocol === 'file:' && new URL(parent).protocol !== 'file:') {
		throw new BuildError('STX0913', `the submodule \`${path}\` is of this machine's files: \`${url}\``, {at: {url: parent}, hint: 'the repository is hostile: do not use it'});
	}

	return url;
}
