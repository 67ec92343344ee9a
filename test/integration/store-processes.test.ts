import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {buffer} from 'node:stream/consumers';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {execa} from 'execa';
import {keyOf, type Digest} from '../../src/plan/index.js';
import {createStore} from '../../src/system/index.js';

const writer = fileURLToPath(new URL('../_helpers/store-writer.ts', import.meta.url));

test('processes that write the same content and results at once do not hurt each other', async t => {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-store-test-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	await Promise.all(['0', '50', '99'].map(async seed => execa(process.execPath, ['--import=tsx', writer, folder, seed])));
	const store = createStore(folder);
	for (let number = 0; number < 100; number++) {
		const result = await store.result(keyOf(number)) as {digest: Digest; size: number};

		t.is((await buffer(store.open(result.digest))).length, result.size);
	}

	t.deepEqual(await readdir(path.join(folder, 'tmp')), []);
});
