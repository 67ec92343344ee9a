import {mkdir, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import {exists, withTemporaryFolder} from '../../../src/system/index.js';

test('only what is absent is not there', async t => {
	await withTemporaryFolder('exists', async folder => {
		await writeFile(path.join(folder, 'file'), '');
		await mkdir(path.join(folder, 'folder'));
		await symlink('loop', path.join(folder, 'loop'));
		const there = async (name: string): Promise<boolean> => exists(path.join(folder, name));
		t.true(await there('file'));
		t.true(await there('folder'));
		t.false(await there('nothing'));
		t.false(await there('nothing/in/it'));
		t.false(await there('file/in/it'));
		t.false(await there('x'.repeat(300)));
		// Like a folder that may not be read, which root reads all the same.
		await t.throwsAsync(there('loop/file'), {instanceOf: BuildError, code: 'STX0903'});
	});
});
