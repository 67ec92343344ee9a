/** The project in the tree of a commit, in a folder that is complete by itself. */
import {
	cp, readdir, realpath, rm,
} from 'node:fs/promises';
import path from 'node:path';
import {BuildError, type SourceLocation} from '../../errors.js';
import {folderBelow, type Git, type GitTree} from '../../system/index.js';

/**
Unpacks a tree and gives the folder of its project. A link in that folder to another part of the tree, as to a LICENSE at
its top, is replaced by what it leads to: a build sees that folder and nothing else.

@param folder for the tree; made.
@param subfolder of the project; empty for the top.
@param at who asks for it.
@throws BuildError STX0406 when there is no such folder; STX0907 for a tree that nobody should unpack.
*/
export async function unpackProject(git: Git, tree: GitTree, {folder, subfolder, at}: {readonly folder: string; readonly subfolder: string; readonly at: SourceLocation}): Promise<string> {
	await git.extract(tree, folder);
	const top = await realpath(folder);
	const project = await folderBelow(top, subfolder);
	if (project === undefined) {
		const there = (await readdir(top)).filter(name => !name.startsWith('.')).slice(0, 8).map(name => `\`${name}\``).join(', ');
		throw new BuildError('STX0406', `the repository has no folder \`${subfolder}\` at commit ${tree.commit}`, {at, hint: `at its top are ${there}`});
	}

	for (const entry of await readdir(project, {recursive: true, withFileTypes: true})) {
		const link = path.join(entry.parentPath, entry.name);
		const end = entry.isSymbolicLink() ? await realpath(link).catch(() => undefined) : undefined;
		if (end !== undefined && isBelow(end, top) && !isBelow(end, project)) {
			await rm(link);
			await cp(end, link, {recursive: true, verbatimSymlinks: true});
		}
	}

	return project;
}

const isBelow = (file: string, folder: string): boolean => file.startsWith(`${folder}${path.sep}`);
