import {
	access, constants, lstat, rm, stat, statfs, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import {asError, BuildError, throwProblems} from '../errors.js';
import type {Settings, Sourced} from './settings.js';

/** A folder that a run writes in: where its results go, or its store. */
type Written = 'workspace' | 'cache';

const waysToName: Readonly<Record<Written, string>> = {workspace: '--workspace or MY_WORKSPACE', cache: '--cache-dir or STX_BUILD_CACHE'};

/**
Makes the workspace and the cache, and tries to write there.

@throws BuildError STX0105 when results could not be written.
*/
export async function checkWorkspace(settings: Pick<Settings, Written>, sourced: Readonly<Record<Written, Sourced>>): Promise<void> {
	// Loaded only now: what everything imports must load fast.
	const {makeFolder} = await import('../system/index.js');
	await checkEach(settings, sourced, async folder => {
		const probe = path.join(folder, '.stx-build-write-test');
		await makeFolder(folder);
		await writeFile(probe, '');
		await rm(probe, {force: true});
	});
}

/** File systems of the kernel: even root can make no folder there, though it has every permission. /proc and /sys. */
const kernelFileSystems: ReadonlySet<number> = new Set([0x9F_A0, 0x62_65_65_72]);

/**
Looks whether workspace and cache could be made and written, and writes nothing.

@throws BuildError STX0105 when `checkWorkspace` would.
*/
export async function inspectWorkspace(settings: Pick<Settings, Written>, sourced: Readonly<Record<Written, Sourced>>): Promise<void> {
	await checkEach(settings, sourced, async folder => {
		const place = await nearestPlace(folder);
		const isKernels = kernelFileSystems.has((await statfs(place)).type);
		if (isKernels || !(await stat(place)).isDirectory()) {
			return isKernels ? `no folder can be made in \`${place}\`` : `\`${place}\` is no folder`;
		}

		await access(place, constants.W_OK);
		await access(place, constants.X_OK);
		return undefined;
	});
}

/** @param check gives why a folder cannot be written, or throws what the file system says. */
async function checkEach(settings: Pick<Settings, Written>, sourced: Readonly<Record<Written, Sourced>>, check: (folder: string) => Promise<string | void>): Promise<void> {
	const problems: BuildError[] = [];
	for (const which of ['workspace', 'cache'] as const) {
		const folder = settings[which];
		const refuse = (why: string, cause?: Error): void => {
			problems.push(new BuildError('STX0105', `the ${which} \`${folder}\` (from ${sourced[which].from}) cannot be written: ${why}`, {cause, hint: `name a writable folder with ${waysToName[which]}`}));
		};

		try {
			const why = await check(folder);
			if (why !== undefined) {
				refuse(why);
			}
		} catch (error) {
			refuse(asError(error).message, asError(error));
		}
	}

	throwProblems(problems);
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
