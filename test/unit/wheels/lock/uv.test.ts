import test from 'ava';
import {createUvRunner} from '../../../../src/wheels/lock/uv.js';
import type {Command} from '../../../../src/system/index.js';

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
