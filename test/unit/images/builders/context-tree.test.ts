import {
	chmod, mkdir, readdir, readFile, stat, symlink, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {copyContext, digestOfContext, listContext} from '../../../../src/images/builders/context-tree.js';
import {chooseDockerfile, listFiles} from '../../../../src/images/builders/find-dockerfile.js';
import {BuildError} from '../../../../src/errors.js';
import {withTemporaryFolder} from '../../../../src/system/index.js';
import {writeFiles} from '../../../_helpers/engines.js';

const at = {file: 'd.stable_docker_image'};

test('a context is its files, their rights, its folders and its links', async t => {
	await withTemporaryFolder('context', async folder => {
		const from = path.join(folder, 'from');
		await writeFiles(from, {'a/run.sh': '#!/bin/sh\n', '.dockerignore': 'x\n'});
		await chmod(path.join(from, 'a/run.sh'), 0o755);
		await mkdir(path.join(from, 'empty'));
		await symlink('a/run.sh', path.join(from, 'run'));
		const entries = await listContext(from, {at});
		t.deepEqual(entries.map(({path: name, kind}) => [name, kind]), [['.dockerignore', 'file'], ['a', 'folder'], ['a/run.sh', 'file'], ['empty', 'folder'], ['run', 'link']]);
		const digest = digestOfContext(entries);
		const to = path.join(folder, 'to');
		await copyContext(from, to, {digest, at});
		t.is((await stat(path.join(to, 'a/run.sh'))).mode % 0o1000, 0o755);
		t.deepEqual(await readdir(path.join(to, 'empty')), []);
		t.is(await readFile(path.join(to, 'run'), 'utf8'), '#!/bin/sh\n');

		const changes = [
			async () => chmod(path.join(from, 'a/run.sh'), 0o700),
			async () => writeFile(path.join(from, 'a/run.sh'), 'other'),
			async () => writeFile(path.join(from, 'more'), ''),
		];
		const digests = [digest];
		for (const change of changes) {
			await change();
			digests.push(digestOfContext(await listContext(from, {at})));
		}

		t.is(new Set(digests).size, 4);
		await t.throwsAsync(copyContext(from, path.join(folder, 'late'), {digest, at}), {instanceOf: BuildError, code: 'STX0610', message: /has changed since/});
	});
});

test('links out of the context are refused, by whichever way they lead out', async t => {
	for (const target of ['/etc/passwd', '../outside', 'a/../../outside', '..']) {
		await withTemporaryFolder('context', async folder => {
			await symlink(target, path.join(folder, 'link'));
			await t.throwsAsync(listContext(folder, {at}), {instanceOf: BuildError, code: 'STX0604'}, target);
		});
	}
});

test('the Dockerfile of a repository: at its top, else the only one, else nobody knows which', async t => {
	t.is(chooseDockerfile(['a/Dockerfile', 'Dockerfile'], 'url', at), 'Dockerfile');
	t.is(chooseDockerfile(['a/b/Dockerfile', 'a/Dockerfile.other'], 'url', at), 'a/b/Dockerfile');
	t.throws(() => chooseDockerfile(['b/Dockerfile', 'a/Dockerfile'], 'url', at), {instanceOf: BuildError, code: 'STX0610', message: /`a\/Dockerfile`, `b\/Dockerfile`$/});
	t.throws(() => chooseDockerfile([], 'url', at), {instanceOf: BuildError, code: 'STX0610', message: '`url` has no Dockerfile'});
	await withTemporaryFolder('files', async folder => {
		await writeFiles(folder, {'a/b/Dockerfile': '', c: ''});
		t.deepEqual((await listFiles(folder)).toSorted(), ['a/b/Dockerfile', 'c']);
	});
});
