import {
	access, constants, lstat, rm, stat, statfs, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import {BuildError} from '../errors.js';
import type {Settings, Sourced} from './settings.js';

type Workspace = Pick<Settings, 'workspace'>;

/**
Makes the workspace and tries to write there.

@throws BuildError STX0105 when results could not be written.
*/
export async function checkWorkspace({workspace}: Workspace, {from}: Sourced): Promise<void> {
	// Loaded only now: what everything imports must load fast.
	const {makeFolder} = await import('../system/index.js');
	const probe = path.join(workspace, '.stx-build-write-test');
	try {
		await makeFolder(workspace);
		await writeFile(probe, '');
		await rm(probe, {force: true});
	} catch (error) {
		throw refuse(workspace, from, error);
	}
}

/** File systems of the kernel: even root can make no folder there, though it has every permission. /proc and /sys. */
const kernelFileSystems: ReadonlySet<number> = new Set([0x9F_A0, 0x62_65_65_72]);

/**
Looks whether the workspace could be made and written, and writes nothing.

@throws BuildError STX0105 when `checkWorkspace` would.
*/
export async function inspectWorkspace({workspace}: Workspace, {from}: Sourced): Promise<void> {
	try {
		const folder = await nearestPlace(workspace);
		const isKernels = kernelFileSystems.has((await statfs(folder)).type);
		if (isKernels || !(await stat(folder)).isDirectory()) {
			throw refuse(workspace, from, isKernels ? `no folder can be made in \`${folder}\`` : `\`${folder}\` is no folder`);
		}

		await access(folder, constants.W_OK);
		await access(folder, constants.X_OK);
	} catch (error) {
		throw error instanceof BuildError ? error : refuse(workspace, from, error);
	}
}

/** The place itself where there is something, else the nearest one above that is there. */
async function nearestPlace(place: string): Promise<string> {
	try {
		await lstat(place);
		return place;
	} catch (error) {
		if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR') && path.dirname(place) !== place) {
			return nearestPlace(path.dirname(place));
		}

		throw error;
	}
}

/** @param why what the file system says, or what was found. */
const refuse = (workspace: string, from: string, why: unknown): BuildError =>
	new BuildError('STX0105', `the workspace \`${workspace}\` (from ${from}) cannot be written: ${why instanceof Error ? why.message : String(why)}`, {...(why instanceof Error && {cause: why}), hint: 'name a writable folder with --workspace or MY_WORKSPACE'});
