/** Whether a folder can be a workspace or a cache: asked by doing it, and by looking alone. */
import {
	chmod, mkdir, readdir, symlink, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import type {BuildError} from '../../src/errors.js';
import {withTemporaryFolder} from '../../src/system/index.js';
import {checkWorkspace, inspectWorkspace} from '../../src/workspace/index.js';

const sourced = {workspace: {value: 'x', origin: 'option', from: '--workspace'}, cache: {value: 'y', origin: 'option', from: '--cache-dir'}} as const;

/** The error that something ends with; undefined when it ends well. */
async function errorOf(run: () => Promise<void>): Promise<BuildError | undefined> {
	try {
		await run();
		return undefined;
	} catch (error) {
		return error as BuildError;
	}
}

test('looking refuses what doing refuses, and takes what it takes', async t => {
	await withTemporaryFolder('workspace', async folder => {
		await writeFile(path.join(folder, 'file'), '');
		await mkdir(path.join(folder, 'closed'));
		await chmod(path.join(folder, 'closed'), 0o555);
		await symlink(path.join(folder, 'nowhere'), path.join(folder, 'dangling'));
		const places: ReadonlyArray<readonly [place: string, isGood: boolean]> = [
			[path.join(folder, 'new'), true],
			[path.join(folder, 'new/and/deep'), true],
			[folder, true],
			[path.join(folder, 'file'), false],
			[path.join(folder, 'file/below'), false],
			[path.join(folder, 'dangling'), false],
			['/proc/nowhere', false],
			['/sys/nowhere/deep', false],
			// Root may write anywhere.
			[path.join(folder, 'closed/below'), process.getuid!() === 0],
		];
		for (const [place, isGood] of places) {
			for (const which of ['workspace', 'cache'] as const) {
				const settings = {workspace: folder, cache: folder, [which]: place};
				const before = await readdir(folder);
				const looked = await errorOf(async () => inspectWorkspace(settings, sourced));
				t.deepEqual(await readdir(folder), before, `looking at ${place} writes nothing`);
				const done = await errorOf(async () => checkWorkspace(settings, sourced));
				t.is(looked?.code, done?.code, place);
				t.is(looked?.code, isGood ? undefined : 'STX0105', place);
				t.is(looked?.hint, isGood ? undefined : `name a writable folder with ${which === 'cache' ? '--cache-dir or STX_BUILD_CACHE' : '--workspace or MY_WORKSPACE'}`);
			}
		}
	});
});

test('both are told at once', async t => {
	const error = await errorOf(async () => checkWorkspace({workspace: '/dev/null', cache: '/dev/null/below'}, sourced));
	t.is(error?.exitCode, 2);
	t.deepEqual(error?.problems.map(({message}) => message.split(':')[0]), ['the workspace `/dev/null` (from --workspace) cannot be written', 'the cache `/dev/null/below` (from --cache-dir) cannot be written']);
});
