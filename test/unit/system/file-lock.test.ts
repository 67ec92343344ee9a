import {
	mkdtemp, readdir, readFile, rm, writeFile,
} from 'node:fs/promises';
import {hostname, tmpdir} from 'node:os';
import path from 'node:path';
import {pid} from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {withFileLock} from '../../../src/system/index.js';
import {failureOf} from '../../_helpers/failure.js';

async function makeFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-lock-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	return folder;
}

test('W24: of many who change a file nobody loses what another wrote', async t => {
	const file = path.join(await makeFolder(t), 'below', 'list');
	await Promise.all(Array.from({length: 20}, async (_, index) => withFileLock(file, async () => {
		const text = await readFile(file, 'utf8').catch(() => '');
		await writeFile(file, `${text}${index}\n`);
	})));
	const text = await readFile(file, 'utf8');
	t.is(new Set(text.trim().split('\n')).size, 20);
	t.deepEqual(await readdir(path.dirname(file)), ['list']);
});

test('W24: the lock is given back when the work fails', async t => {
	const file = path.join(await makeFolder(t), 'list');
	await t.throwsAsync(withFileLock(file, async () => {
		throw new RangeError('no');
	}), {instanceOf: RangeError});
	t.is(await withFileLock(file, async () => 1), 1);
});

for (const [title, holder] of [
	['a process that is gone', `${hostname()} 999999999`],
	['another machine that has it for too long', 'elsewhere 1'],
] as const) {
	test(`the lock of ${title} is taken over`, async t => {
		const file = path.join(await makeFolder(t), 'list');
		await writeFile(`${file}.lock`, `${holder}\n`);
		t.is(await withFileLock(file, async () => 1, {patience: 60}), 1);
		t.deepEqual(await readdir(path.dirname(file)), []);
	});
}

test('the lock of a process that lives is not taken', async t => {
	const file = path.join(await makeFolder(t), 'list');
	await writeFile(`${file}.lock`, `${hostname()} ${pid}\n`);
	const error = await failureOf(async () => withFileLock(file, async () => 1, {patience: 60}));
	t.is(error.code, 'STX0904');
	t.regex(error.message, /held by process/);
	const aborted = await failureOf(async () => withFileLock(file, async () => 1, {signal: AbortSignal.abort()}));
	t.is(aborted.code, 'STX0003');
});
