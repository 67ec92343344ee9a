/** The project that a wheel is built from, in a folder. */
import {
	copyFile, mkdir, readdir, realpath,
} from 'node:fs/promises';
import path from 'node:path';
import {BuildError} from '../../errors.js';
import type {StepContext} from '../../plan/index.js';
import {
	digestOfFile, extractArchive, folderBelow, type GitTree,
} from '../../system/index.js';
import type {WheelEffects} from '../effects.js';
import {copyModule} from '../inputs/module-tree.js';
import {unpackProject} from '../inputs/unpack-project.js';
import type {BuildInputs, FileResult} from '../step-inputs.js';

/** Unpacks the sdist or the tree, or copies the module. @returns the project's folder, below `folder`, and no link. */
export async function bringSource({source, name}: BuildInputs, context: StepContext, {folder, store, git}: Pick<WheelEffects, 'store' | 'git'> & {readonly folder: string}): Promise<string> {
	const unpacked = path.join(folder, 'source');
	if ('folder' in source) {
		await copyModule(source.folder, unpacked, source.digest);
		return unpacked;
	}

	if ('tree' in source) {
		return unpackProject(git, context.result(source.tree) as GitTree, {folder: unpacked, subfolder: source.subfolder, at: {file: name}});
	}

	const {digest, filename} = context.result(source.step) as FileResult;
	await store.use(digest, async archive => extractArchive(archive, unpacked, {name: filename}));
	const entries = await readdir(unpacked);
	const basedir = source.basedir ?? (entries.length === 1 ? entries[0]! : '');
	const project = await folderBelow(await realpath(unpacked), basedir);
	if (project === undefined) {
		throw new BuildError('STX0416', `\`${filename}\` has no folder \`${basedir}\``, {hint: `correct the basedir of ${name}: the archive has ${entries.slice(0, 5).map(entry => `\`${entry}\``).join(', ')}`});
	}

	return project;
}

/**
Copies the patches, numbered in their order.

@returns their folder; undefined where there are none.
@throws BuildError STX0416 for a patch that has changed since the plan was made.
*/
export async function bringPatches({patches}: BuildInputs, folder: string): Promise<string | undefined> {
	if (patches.length === 0) {
		return undefined;
	}

	const target = path.join(folder, 'patches');
	await mkdir(target);
	for (const [index, {file, digest}] of patches.entries()) {
		const copy = path.join(target, `${String(index + 1).padStart(3, '0')}-${path.basename(file)}`);
		await copyFile(file, copy);
		if (await digestOfFile(copy) !== digest) {
			throw new BuildError('STX0416', `the patch \`${file}\` has changed since the plan was made`, {at: {file}, hint: 'run the same command again'});
		}
	}

	return target;
}
