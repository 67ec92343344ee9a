import {execFileSync} from 'node:child_process';
import {readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {BuildError} from '../../src/errors.js';
import {createRunner, extractArchive, withTemporaryFolder} from '../../src/system/index.js';
import {wheelOf} from '../_helpers/archives.js';
import {processesWith} from '../_helpers/engines.js';
import {needs} from '../_helpers/needs.js';

const run = createRunner(process.env);

/** A folder on a disk of 64 KiB. */
async function onSmallDisk(t: ExecutionContext, use: (folder: string) => Promise<void>): Promise<void> {
	if (!needs(t, {mount: true})) {
		return;
	}

	await withTemporaryFolder('small-disk', async folder => {
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
		try {
			await use(folder);
		} finally {
			execFileSync('umount', [folder]);
		}
	});
}

test('the log has all that was printed, after what it had', async t => {
	await withTemporaryFolder('log', async folder => {
		const logFile = path.join(folder, 'logs/a.log');
		const lines: string[] = [];
		await run({argv: ['sh', '-c', 'echo out; echo err >&2']}, {logFile});
		await run({argv: ['seq', '100000']}, {
			logFile, onLine(line) {
				lines.push(line);
			},
		});
		const text = await readFile(logFile, 'utf8');
		t.deepEqual(text.split('\n').slice(0, 2).toSorted(), ['err', 'out']);
		t.deepEqual(text.trimEnd().split('\n').slice(2), lines);
		t.is(lines.length, 100_000);
	});
});

test('a log that the disk has no room for ends the program, and says what is full', async t => {
	await onSmallDisk(t, async folder => {
		const logFile = path.join(folder, 'a.log');
		const mark = `stx-build-log-${path.basename(folder)}`;
		const error = await t.throwsAsync(run({argv: ['sh', '-c', 'seq 100000; sleep 60', mark]}, {logFile}), {instanceOf: BuildError, code: 'STX0905'});
		t.deepEqual(error.at, [{file: logFile}]);
		t.deepEqual(await processesWith(mark), []);
	});
});

test('a log that cannot be made', async t => {
	await t.throwsAsync(run({argv: ['true']}, {logFile: '/dev/null/a.log'}), {instanceOf: BuildError, code: 'STX0904'});
});

test('an archive is not to blame for a full disk', async t => {
	await withTemporaryFolder('archive', async folder => {
		const archive = path.join(folder, 'a.whl');
		const {content} = await wheelOf({name: 'a', version: '1', files: {'a/big.py': '#'.repeat(200_000)}});
		await writeFile(archive, content);
		await onSmallDisk(t, async disk => {
			const target = path.join(disk, 'unpacked');
			const error = await t.throwsAsync(extractArchive(archive, target), {instanceOf: BuildError, code: 'STX0905'});
			t.deepEqual(error.at, [{file: target}]);
			t.deepEqual(await readdir(disk), []);
		});
	});
});

test('a folder that is missing is not taken for a program that is missing', async t => {
	await withTemporaryFolder('log', async folder => {
		const cwd = path.join(folder, 'gone');
		await t.throwsAsync(run({argv: ['sh', '-c', 'true'], cwd}), {instanceOf: BuildError, code: 'STX0902', message: `\`sh\` could not be run: there is no folder \`${cwd}\` to run it in`});
		await t.throwsAsync(run({argv: ['no-such-program'], cwd: folder}), {instanceOf: BuildError, code: 'STX0901'});
	});
});
