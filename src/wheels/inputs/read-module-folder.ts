/** A project in a folder that no section describes: what it says itself, and what it was asked to be. */
import {BuildError, type SourceLocation} from '../../errors.js';
import {canonicalVersion, normalizeName} from '../../python/index.js';
import type {LocalModule} from './inputs.js';
import {digestOfModule, readModuleFiles} from './module-tree.js';
import {parseProject} from './parse-project.js';

/**
Reads a project as a module that is built alone, for an image that has what it requires.

@param given.version in place of what its files say.
@throws BuildError STX0406 for a folder without a project, and for a name or a version that its files do not say in plain text.
*/
export async function readModuleFolder(folder: string, {version: asked, at}: {readonly version?: string | undefined; readonly at: SourceLocation}): Promise<LocalModule> {
	const place = {file: folder, line: 1};
	const files = await readModuleFiles(folder, {at, hint: 'name the folder of a Python project'});
	const project = parseProject(files, {file: folder});
	const name = project.name ?? /\bname\s*=\s*(?<quote>["'])(?<name>[\w.\-]+)\k<quote>/v.exec(files.get('setup.py') ?? '')?.groups?.name;
	if (name === undefined) {
		throw new BuildError('STX0406', `the name of the project in \`${folder}\` is not written in its files in plain text`, {at, hint: 'write it into setup.cfg or pyproject.toml'});
	}

	const version = asked ?? project.version;
	if (version === undefined) {
		throw new BuildError('STX0406', `the version of \`${name}\` is not written in its files in plain text`, {at, hint: 'say it behind the place, as `FOLDER|1.0.0`'});
	}

	return {
		name: normalizeName(name), version: canonicalVersion(version), folder, requires: [], buildRequires: project.buildRequires, digest: await digestOfModule(folder), at: place,
	};
}
