/** Where members stand in a tar: compared with what other programs wrote, and with archives that nobody should serve from. */
import {Buffer} from 'node:buffer';
import {execFile} from 'node:child_process';
import {
	mkdir, mkdtemp, open, rm, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {buffer} from 'node:stream/consumers';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {BuildError} from '../../src/errors.js';
import {
	listTarMembers, readZipPart, streamPart, writeTar,
} from '../../src/system/index.js';
import {tarOf, wheelOf} from '../_helpers/archives.js';
import {needs} from '../_helpers/needs.js';

const run = promisify(execFile);

async function workplace(t: ExecutionContext<any>): Promise<string> {
	const root = await mkdtemp(path.join(tmpdir(), 'tar-members-'));
	t.teardown(async () => rm(root, {recursive: true, force: true}));
	return root;
}

/** Names of the members with their bytes, each read by itself. */
async function readEach(file: string): Promise<ReadonlyArray<readonly [string, string]>> {
	const handle = await open(file);
	try {
		const members = await listTarMembers(handle, file);
		return await Promise.all(members.map(async ({name, part}): Promise<[string, string]> => [name, (await buffer(streamPart(handle, part))).toString()]));
	} finally {
		await handle.close();
	}
}

const long = `${'folder/'.repeat(20)}${'n'.repeat(150)}`;
const contents: Readonly<Record<string, string>> = {
	a: 'first', empty: '', block: 'x'.repeat(512), more: 'y'.repeat(1300), [long]: 'far down', 'ä.txt': 'umlaut',
};
const expected = Object.entries(contents).toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

test('members of a tar that we wrote', async t => {
	const file = path.join(await workplace(t), 'a.tar');
	await writeTar(Object.entries(contents).map(([name, content]) => ({name, content})), file);
	t.deepEqual(await readEach(file), expected);
});

for (const format of ['gnu', 'posix', 'ustar', 'v7', 'oldgnu']) {
	test(`members of a tar that GNU tar wrote: ${format}`, async t => {
		if (!needs(t, 'tar')) {
			return;
		}

		const root = await workplace(t);
		const isShort = ['ustar', 'v7'].includes(format);
		const wanted = expected.filter(([name]) => !isShort || name !== long);
		for (const [name, content] of wanted) {
			await mkdir(path.dirname(path.join(root, 'in', name)), {recursive: true});
			await writeFile(path.join(root, 'in', name), content);
		}

		const file = path.join(root, 'a.tar');
		await run('tar', ['--sort=name', `--format=${format}`, '-cf', file, '-C', path.join(root, 'in'), '.'], {env: {LC_ALL: 'C.UTF-8', PATH: '/usr/bin:/bin'}});
		const found = await readEach(file);
		t.deepEqual(found.toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))), wanted);
	});
}

const refusing = test.macro(async (t, bytes: Buffer, code: string, message: RegExp) => {
	const file = path.join(await workplace(t), 'a.tar');
	await writeFile(file, bytes);
	const error = await t.throwsAsync(readEach(file), {instanceOf: BuildError, message});
	t.is(error.code, code as typeof error.code);
});

const whole = tarOf([{path: 'a', content: 'x'.repeat(600)}, {path: 'b', content: 'y'}]);
test('W32: a tar without its end', refusing, whole.subarray(0, 512 * 5), 'STX0910', /the end is missing/);
test('a tar that is cut off in a member', refusing, whole.subarray(0, 700), 'STX0910', /`a` is cut off/);
test('an empty file', refusing, Buffer.alloc(0), 'STX0910', /the end is missing/);
test('no tar', refusing, Buffer.alloc(2048, 'x'), 'STX0910', /checksum/);
test('a name that leads out', refusing, tarOf([{path: '../a', content: ''}]), 'STX0907', /out of the folder/);
test('an absolute name', refusing, tarOf([{path: '/etc/passwd', content: ''}]), 'STX0907', /absolute/);
test('a name that is there twice', refusing, tarOf([{path: 'a', content: '1'}, {path: './a', content: '2'}]), 'STX0907', /twice/);
test('a symbolic link', refusing, tarOf([{path: 'a', type: 'SymbolicLink', linkpath: '/etc/passwd'}]), 'STX0907', /is a SymbolicLink/);
test('a hard link', refusing, tarOf([{path: 'a', type: 'Link', linkpath: 'b'}]), 'STX0907', /is a Link/);
test('a device', refusing, tarOf([{path: 'a', type: 'CharacterDevice'}]), 'STX0907', /is a CharacterDevice/);
test('a header that would fill the memory', refusing, tarOf([{path: 'a', type: 'ExtendedHeader', content: Buffer.alloc(100_000, '9')}]), 'STX0907', /a header of 10{5} bytes/);
test('a member that is larger than the tar', refusing, tarOf([{path: 'a', content: '', size: 8 ** 10}]), 'STX0910', /cut off/);

test('a wheel is read where it stands', async t => {
	const file = path.join(await workplace(t), 'a.tar');
	const wheel = await wheelOf({name: 'demo', version: '1', files: {'demo/big.bin': Buffer.alloc(300_000, 'b')}});
	await writeFile(file, tarOf([{path: 'x', content: 'PK\u0003\u0004'}, {path: wheel.filename, content: wheel.content}, {path: 'y', content: 'PK'}]));
	const handle = await open(file);
	t.teardown(async () => handle.close());
	const member = (await listTarMembers(handle, file)).find(({name}) => name === wheel.filename)!;
	const found = await readZipPart(wheel.filename, {handle, part: member.part}, name => name.endsWith('METADATA') || name.endsWith('.bin'));
	t.is(found.get('demo-1.dist-info/METADATA')!.toString(), wheel.metadata);
	t.is(found.get('demo/big.bin')!.length, 300_000);
	const [first] = await listTarMembers(handle, file);
	await t.throwsAsync(readZipPart('x', {handle, part: first!.part}, () => true), {code: 'STX0910'});
	await t.throwsAsync(readZipPart(wheel.filename, {handle, part: {...member.part, end: member.part.end - 5}}, () => true), {code: 'STX0910'});
});
