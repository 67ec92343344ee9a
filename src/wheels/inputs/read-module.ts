/** A local module, as its section and the files in its folder say it. */
import path from 'node:path';
import {BuildError, type SourceLocation} from '../../errors.js';
import {normalizeName, type NormalizedName} from '../../python/index.js';
import type {LocalModule} from './inputs.js';
import {digestOfModule, readModuleFiles} from './module-tree.js';
import type {ModuleEntry} from './parse-modules.js';
import {parseProject} from './parse-project.js';

/**
Reads the module of a section.

@param repo MY_REPO, below which its path may be.
@throws BuildError STX0406 for what is written neither in its section nor in plain text in its files.
*/
export async function readModule(entry: ModuleEntry, repo: string | undefined): Promise<LocalModule> {
	const folder = moduleFolder(entry, repo);
	return {...await readModuleProject(entry, {folder, at: entry.pathAt, place: {file: folder}}), folder, digest: await digestOfModule(folder)};
}

/** What a section says of a module. */
type Said = Pick<ModuleEntry, 'name' | 'version' | 'requires' | 'buildRequires' | 'at'>;

/**
What a module's section and the files in its folder say.

@param at where the folder is written.
@param place of the folder, for messages.
@throws BuildError STX0406 for what neither of them says in plain text.
*/
export async function readModuleProject({name, at, ...said}: Said, {folder, at: folderAt, place}: {readonly folder: string; readonly at: ModuleEntry['at']; readonly place: SourceLocation}): Promise<Omit<LocalModule, 'folder' | 'digest'>> {
	const project = parseProject(await readModuleFiles(folder, {at: folderAt, hint: 'give the folder that has one of the two as `path`'}), place);
	if (project.name !== undefined && sameName(project.name) !== name) {
		throw new BuildError('STX0406', `the section is [${name}], the project in its folder \`${project.name}\``, {at: [at, place], hint: `name the section [${project.name}]`});
	}

	const version = said.version ?? project.version;
	if (version === undefined) {
		throw new BuildError('STX0406', `the version of module \`${name}\` is not written in its files in plain text`, {at: [at, place], hint: 'add `version = …`'});
	}

	const requires = said.requires ?? project.requires;
	if (requires === undefined) {
		throw new BuildError('STX0406', `what module \`${name}\` requires is not written in its files in plain text`, {at: [at, place], hint: 'add `requires = …`, empty when it requires nothing'});
	}

	return {
		name, version, requires, buildRequires: said.buildRequires ?? project.buildRequires, at,
	};
}

function moduleFolder({path: written, pathAt}: ModuleEntry, repo: string | undefined): string {
	if (!written.startsWith('$MY_REPO')) {
		return path.resolve(path.dirname(pathAt.file), written);
	}

	if (repo === undefined) {
		throw new BuildError('STX0406', `\`${written}\` is below MY_REPO, which is not set`, {at: pathAt, hint: 'set MY_REPO or --my-repo'});
	}

	return path.join(repo, written.slice('$MY_REPO'.length));
}

function sameName(name: string): NormalizedName | undefined {
	try {
		return normalizeName(name);
	} catch {
		return undefined;
	}
}
