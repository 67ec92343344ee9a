/** Whether a folder can be a workspace: asked by doing it, and by looking alone. */
import {
	chmod, mkdir, readdir, symlink, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import type {BuildError} from '../../src/errors.js';
import {withTemporaryFolder} from '../../src/system/index.js';
import {checkWorkspace, inspectWorkspace} from '../../src/workspace/index.js';

const from = {value: 'x', origin: 'option', from: '--workspace'} as const;

/** The code of the error that something ends with; undefined when it ends well. */
async function codeOf(run: () => Promise<void>): Promise<string | undefined> {
	try {
		await run();
		return undefined;
	} catch (error) {
		return (error as BuildError).code;
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
		for (const [workspace, isGood] of places) {
			const before = await readdir(folder);
			const looked = await codeOf(async () => inspectWorkspace({workspace}, from));
			t.deepEqual(await readdir(folder), before, `looking at ${workspace} writes nothing`);
			const done = await codeOf(async () => checkWorkspace({workspace}, from));
			t.is(looked, done, workspace);
			t.is(looked, isGood ? undefined : 'STX0105', workspace);
		}
	});
});
