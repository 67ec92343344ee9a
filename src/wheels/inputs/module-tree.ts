/** The files of a local module: what of its folder goes into its build. */
import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {
	copyFile, chmod, mkdir, readdir, readFile, readlink, stat, symlink,
} from 'node:fs/promises';
import path from 'node:path';
import {pipeline} from 'node:stream/promises';
import {BuildError, type SourceLocation} from '../../errors.js';
import type {Digest} from '../../plan/index.js';
import {readingError} from '../../system/index.js';
import {isProjectFile, type ProjectFiles} from './parse-project.js';

type TreeFile = {
	/** Below the folder, with `/`. */
	readonly name: string;
	readonly kind: 'file' | 'link';
};

/** What building and testing leave behind, which is no input: taken out at the top, or anywhere. */
const leftAtTop: ReadonlySet<string> = new Set(['build', 'dist', '.eggs', '.tox', '.nox', '.venv', '.git', '.gitreview', '.stestr', '.pytest_cache', '.mypy_cache', '.ruff_cache']);
const isLeft = (name: string): boolean => leftAtTop.has(name) || /(?:^|\/)(?:__pycache__|\.git|[^\/]+\.py[co]|[^\/]+\.egg-info)$/v.test(name);

/** Whether its owner may execute it: the one bit that git keeps too. */
const isExecutable = async (file: string): Promise<boolean> => {
	const {mode} = await stat(file);
	return Math.floor(mode / 0o100) % 2 === 1;
};

async function listTree(folder: string, below = ''): Promise<readonly TreeFile[]> {
	const entries = await readdir(path.join(folder, below), {withFileTypes: true});
	const lists = await Promise.all(entries.map(async (entry): Promise<readonly TreeFile[]> => {
		const name = below === '' ? entry.name : `${below}/${entry.name}`;
		if (isLeft(name)) {
			return [];
		}

		if (entry.isDirectory()) {
			return listTree(folder, name);
		}

		if (!entry.isFile() && !entry.isSymbolicLink()) {
			throw new BuildError('STX0406', `\`${name}\` of the module is neither a file, a folder nor a link`, {at: {file: path.join(folder, name)}, hint: 'remove it'});
		}

		return [{name, kind: entry.isFile() ? 'file' : 'link'}];
	}));
	return lists.flat().toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
The digest of a module's folder: names, contents and executable bits of its files, in a fixed order. Times, owners, and
what earlier builds left behind do not count.

@throws BuildError STX0903 when the folder cannot be read.
*/
export async function digestOfModule(folder: string): Promise<Digest> {
	const hash = createHash('sha256');
	try {
		for (const {name, kind} of await listTree(folder)) {
			const file = path.join(folder, name);
			if (kind === 'link') {
				hash.update(`link ${JSON.stringify([name, await readlink(file)])}\n`);
				continue;
			}

			const content = createHash('sha256');
			await pipeline(createReadStream(file), content);
			hash.update(`file ${JSON.stringify([name, await isExecutable(file), content.digest('hex')])}\n`);
		}
	} catch (error) {
		throw error instanceof BuildError ? error : readingError(error, folder);
	}

	return `sha256:${hash.digest('hex')}`;
}

/**
Copies a module for its build, and makes sure that it still is what was planned.

@param expected digest of the folder when the plan was made.
@throws BuildError STX0416 when the folder has changed since.
*/
export async function copyModule(folder: string, target: string, expected: Digest): Promise<void> {
	for (const {name, kind} of await listTree(folder)) {
		const copy = path.join(target, name);
		await mkdir(path.dirname(copy), {recursive: true});
		if (kind === 'link') {
			await symlink(await readlink(path.join(folder, name)), copy);
		} else {
			await copyFile(path.join(folder, name), copy);
			await chmod(copy, await isExecutable(path.join(folder, name)) ? 0o755 : 0o644);
		}
	}

	if (await digestOfModule(target) !== expected) {
		throw new BuildError('STX0416', 'the files of the module have changed since the plan was made', {at: {file: folder}, hint: 'run the same command again'});
	}
}

/**
The texts from which `parseProject` reads. An `.egg-info` of an earlier build is none of them.

@param written where the folder is named, and what to do when it is the wrong one.
@throws BuildError STX0406
*/
export async function readModuleFiles(folder: string, {at, hint}: {readonly at: SourceLocation; readonly hint: string}): Promise<ProjectFiles> {
	const names = await readdir(folder).catch((error: unknown) => {
		throw new BuildError('STX0406', `the module's folder \`${folder}\` cannot be read`, {at, hint, cause: error});
	});
	if (!names.includes('pyproject.toml') && !names.includes('setup.py')) {
		throw new BuildError('STX0406', `\`${folder}\` has neither pyproject.toml nor setup.py`, {at, hint});
	}

	return new Map(await Promise.all(names.filter(name => isProjectFile(name)).map(async name => [name, await readFile(path.join(folder, name), 'utf8')] as const)));
}
