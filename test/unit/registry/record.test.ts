import {
	mkdtemp, readFile, rm, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {formatRecord, notePushed} from '../../../src/registry/index.js';

test('a record keeps what a registry has, and of each name the last word', async t => {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-record-test-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const file = path.join(folder, 'image.json');
	await writeFile(file, formatRecord({label: 'one', pushed: []}));
	await notePushed(file, [{reference: 'r/one:1', digest: 'sha256:1', how: 'pushed'}, {reference: 'r/one:latest', digest: 'sha256:1', how: 'tagged'}]);
	await notePushed(file, [{reference: 'r/one:latest', digest: 'sha256:2', how: 'unchanged'}]);
	t.is(await readFile(file, 'utf8'), formatRecord({label: 'one', pushed: [{reference: 'r/one:1', digest: 'sha256:1'}, {reference: 'r/one:latest', digest: 'sha256:2'}]}));
});
