/** A local module, as its section and the files in its folder say it. */
import path from 'node:path';
import {BuildError} from '../../errors.js';
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
	const project = parseProject(await readModuleFiles(folder, entry.pathAt), {file: folder});
	const {name, at} = entry;
	if (project.name !== undefined && sameName(project.name) !== name) {
		throw new BuildError('STX0406', `the section is [${name}], the project in its folder \`${project.name}\``, {at: [at, {file: folder}], hint: `name the section [${project.name}]`});
	}

	const version = entry.version ?? project.version;
	if (version === undefined) {
		throw new BuildError('STX0406', `the version of module \`${name}\` is not written in its files in plain text`, {at: [at, {file: folder}], hint: 'add `version = …`'});
	}

	const requires = entry.requires ?? project.requires;
	if (requires === undefined) {
		throw new BuildError('STX0406', `what module \`${name}\` requires is not written in its files in plain text`, {at: [at, {file: folder}], hint: 'add `requires = …`, empty when it requires nothing'});
	}

	return {
		name, version, folder, requires, buildRequires: project.buildRequires, digest: await digestOfModule(folder), at,
	};
}

function moduleFolder({path: written, pathAt}: ModuleEntry, repo: string | undefined): string {
	if (!written.startsWith('$MY_REPO')) {
		return path.resolve(path.dirname(pathAt.file), written);
	}

	if (repo === undefined) {
		throw new BuildError('STX0406', `\`${written}\` is below MY_REPO, which is not set`, {at: pathAt, hint: 'set MY_REPO or --repo'});
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
