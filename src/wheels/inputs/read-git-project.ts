/** What the project at a commit of a repository says of itself in plain text. */
import path from 'node:path';
import type {SourceLocation} from '../../errors.js';
import {withTemporaryFolder, type Git} from '../../system/index.js';
import {readModuleFiles} from './module-tree.js';
import {parseProject, type Project} from './parse-project.js';
import {unpackProject} from './unpack-project.js';

/**
@param source of the project, whose folder is the top of the repository.
@param options.temporary folder for temporary files.
@throws BuildError STX0406 for a tree without a Python project; STX0414 for one whose files cannot be read; those of git.
*/
export async function readGitProject({url, commit, at}: {readonly url: string; readonly commit: string; readonly at: SourceLocation}, {git, temporary, signal}: {
	readonly git: Git; readonly temporary: string; readonly signal?: AbortSignal;
}): Promise<Project> {
	const tree = await git.fetch(url, commit, {at, ...(signal && {signal})});
	return withTemporaryFolder('project', async folder => {
		const project = await unpackProject(git, tree, {folder: path.join(folder, 'tree'), subfolder: '', at});
		return parseProject(await readModuleFiles(project, {at, hint: 'name the repository of a Python project'}), {url});
	}, temporary);
}
