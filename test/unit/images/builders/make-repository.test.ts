import {
	mkdir, readFile, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {applyPatches} from '../../../../src/images/builders/apply-patches.js';
import {makeRepository} from '../../../../src/images/builders/make-repository.js';
import {
	createRunner, digestOfFile, runChecked, withTemporaryFolder, type Runner,
} from '../../../../src/system/index.js';
import {needs} from '../../../_helpers/needs.js';

const {signal} = new AbortController();
const patch = '--- a/file\n+++ b/file\n@@ -1 +1,2 @@\n one\n+two\n';

type Place = {readonly folder: string; readonly tree: string; readonly run: Runner};

/** A tree with one file, in a repository, and a user whose git makes other files of files. */
async function inPlace(t: ExecutionContext, use: (place: Place) => Promise<void>): Promise<void> {
	if (!needs(t, 'git')) {
		return;
	}

	await withTemporaryFolder('repository', async folder => {
		const [home, tree] = [path.join(folder, 'home'), path.join(folder, 'outer/tree')];
		await mkdir(path.join(home, '.config/git'), {recursive: true});
		await mkdir(tree, {recursive: true});
		await writeFile(path.join(home, '.gitconfig'), '[core]\n\tautocrlf = true\n[init]\n\tdefaultObjectFormat = sha256\n');
		await writeFile(path.join(home, '.config/git/attributes'), '* text eol=crlf\n');
		await writeFile(path.join(tree, 'file'), 'one\n');
		const run = createRunner({...process.env, HOME: home});
		await runChecked(run, {argv: ['git', 'init', '--quiet', path.dirname(tree)]});
		await use({folder, tree, run});
	});
}

test('patches are applied as they are, whatever the user has of git, and in a repository too', async t => {
	await inPlace(t, async ({folder, tree, run}) => {
		const name = path.join(folder, 'two.patch');
		await writeFile(name, patch);
		await applyPatches(tree, [{name, digest: await digestOfFile(name)}], {run, at: {file: 'image.ini'}, signal});
		t.is(await readFile(path.join(tree, 'file'), 'utf8'), 'one\ntwo\n');
	});
});

test('one tree is one commit, whatever the user has of git', async t => {
	await inPlace(t, async ({tree, run}) => {
		await writeFile(path.join(tree, 'lines'), 'one\r\n');
		await makeRepository(tree, {run, commit: 'abc', signal});
		const {stdout} = await runChecked(run, {argv: ['git', 'cat-file', 'blob', 'HEAD:lines'], cwd: tree});
		t.is(stdout, 'one\r\n');
	});
});
