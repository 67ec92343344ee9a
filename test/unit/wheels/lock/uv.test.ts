import {
	access, constants, mkdir, readdir, readFile, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type {PypiClient} from '../../../../src/pypi/index.js';
import {normalizeName} from '../../../../src/python/index.js';
import {createUvRunner, fetchUv} from '../../../../src/wheels/lock/uv.js';
import {withTemporaryFolder, type Command} from '../../../../src/system/index.js';

test('uv is unpacked by the client of the index, once', async t => {
	const sha256 = '1'.repeat(64);
	const wheel = {filename: 'uv-1.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl', url: 'https://files.example/uv.whl', sha256};
	const extracted: unknown[] = [];
	const pypi: Pick<PypiClient, 'packument' | 'extract'> = {
		packument: async () => ({
			name: 'uv', files: [{...wheel, sha256: '2'.repeat(64)}, wheel], status: 'active', warnings: [],
		}),
		async extract(file, folder) {
			extracted.push(file);
			await mkdir(path.join(folder, 'uv-1.0.data', 'scripts'), {recursive: true});
			await writeFile(path.join(folder, 'uv-1.0.data', 'scripts', 'uv'), 'a program');
		},
	};
	await withTemporaryFolder('fetch-uv', async cache => {
		const fetch = async () => fetchUv([{
			name: normalizeName('uv'), version: '1.0', sha256: [sha256], at: {file: 'toolchain.txt', line: 1},
		}], {
			pypi: pypi as PypiClient, cache, machine: 'x64', signal: new AbortController().signal,
		});
		const [first, second] = [await fetch(), await fetch()];
		t.deepEqual(first, second);
		t.like(first, {version: '1.0', digest: `sha256:${sha256}`});
		t.is(await readFile(first.file, 'utf8'), 'a program');
		await access(first.file, constants.X_OK);
		t.deepEqual(extracted, [wheel]);
		t.is((await readdir(path.join(cache, 'uv'))).length, 1);
	});
});

test('uv knows one index, keeps what it learns to the lock it is run for, and gets nothing of the network', async t => {
	const commands: Command[] = [];
	const runUv = createUvRunner({file: '/cache/uv/1/uv', version: '1', digest: 'sha256:00'}, async command => {
		commands.push(command);
		return {
			exitCode: 0, stdout: '', stderr: '', output: '', timedOut: false,
		};
	}, '/cache/tmp/lock/uv');
	await runUv(['pip', 'compile'], {folder: '/work', index: 'http://127.0.0.1:4711/secret', signal: new AbortController().signal});
	const [{argv, env, cwd}] = commands as [Command];
	t.deepEqual(argv.slice(0, 3), ['/cache/uv/1/uv', 'pip', 'compile']);
	t.is(cwd, '/work');
	t.deepEqual(Object.fromEntries(Object.entries(env!).filter(([, value]) => value !== undefined)), {
		HOME: '/cache/tmp/lock/uv',
		NO_COLOR: '1',
		UV_CACHE_DIR: '/cache/tmp/lock/uv/cache',
		UV_DEFAULT_INDEX: 'http://127.0.0.1:4711/secret',
		UV_HTTP_RETRIES: '0',
		UV_HTTP_TIMEOUT: '86400',
		UV_NO_CONFIG: '1',
		UV_NO_PROGRESS: '1',
		UV_PYTHON_DOWNLOADS: 'never',
	});
});
