import {Buffer} from 'node:buffer';
import {execFile} from 'node:child_process';
import {
	mkdtemp, readdir, readFile, rm, writeFile,
} from 'node:fs/promises';
import process from 'node:process';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Readable} from 'node:stream';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {BuildError} from '../../src/errors.js';
import {
	canonicalizeZip, digestOfFile, extractArchive, readMembers, writeTar, writeZip, type ArchiveEntry,
} from '../../src/system/index.js';
import {tarOf, wheelOf, zipOf} from '../_helpers/archives.js';
import {needs} from '../_helpers/needs.js';

const run = promisify(execFile);

async function workplace(t: ExecutionContext<any>): Promise<string> {
	const root = await mkdtemp(path.join(tmpdir(), 'archive-write-'));
	t.teardown(async () => rm(root, {recursive: true, force: true}));
	return root;
}

const long = `${'folder/'.repeat(30)}${'n'.repeat(150)}.whl`;
const entries: readonly ArchiveEntry[] = [
	{name: 'b.whl', content: 'second'},
	{name: 'ä.txt', content: Buffer.from('umlaut')},
	{name: 'a/z', content: Buffer.alloc(1024, 1)},
	{name: 'a.whl', open: () => Readable.from([Buffer.from('fi'), Buffer.from('rst')]), size: 5},
	{name: long, content: ''},
];

test('a tar is the same bytes whatever the order, and any tar reads it', async t => {
	if (!needs(t, 'tar')) {
		return;
	}

	const root = await workplace(t);
	await writeTar(entries, path.join(root, 'one.tar'));
	await writeTar(entries.toReversed(), path.join(root, 'two.tar'));
	t.is(await digestOfFile(path.join(root, 'one.tar')), await digestOfFile(path.join(root, 'two.tar')));
	// What the digest is must not change from one release to the next: the key of everything that uses it would.
	t.is(await digestOfFile(path.join(root, 'one.tar')), 'sha256:af2627de7fa18bb7d07168d37c47fb587fd19098e4ce14e913e132bfa4c58784');
	const {stdout} = await run('tar', ['--utc', '--full-time', '--numeric-owner', '-tvf', path.join(root, 'one.tar')], {env: {LC_ALL: 'C.UTF-8', PATH: '/usr/bin:/bin'}});
	t.deepEqual(stdout.trim().split('\n').map(line => line.replaceAll(/\s+/g, ' ')), [
		'-rw-r--r-- 0/0 5 1970-01-01 00:00:00 a.whl',
		'-rw-r--r-- 0/0 1024 1970-01-01 00:00:00 a/z',
		'-rw-r--r-- 0/0 6 1970-01-01 00:00:00 b.whl',
		`-rw-r--r-- 0/0 0 1970-01-01 00:00:00 ${long}`,
		'-rw-r--r-- 0/0 6 1970-01-01 00:00:00 ä.txt',
	]);
	await extractArchive(path.join(root, 'one.tar'), path.join(root, 'out'));
	t.is(await readFile(path.join(root, 'out/a.whl'), 'utf8'), 'first');
	t.is(await readFile(path.join(root, 'out', long), 'utf8'), '');
});

test('GNU tar takes a member out of a tar, and the rest can be read', async t => {
	if (!needs(t, 'tar')) {
		return;
	}

	const root = await workplace(t);
	const file = path.join(root, 'one.tar');
	await writeTar(['a', 'b', 'c'].map(name => ({name, content: Buffer.alloc(9000, name)})), file);
	await run('tar', ['--delete', '-f', file, 'b']);
	await extractArchive(file, path.join(root, 'out'));
	t.deepEqual(await readdir(path.join(root, 'out')), ['a', 'c']);
});

test('a tar of files does not depend on their modes and times', async t => {
	const root = await workplace(t);
	for (const [name, mode] of [['one', 0o600], ['two', 0o777]] as const) {
		await writeFile(path.join(root, name), 'content', {mode});
		await writeTar([{name: 'x', file: path.join(root, name)}], path.join(root, `${name}.tar`));
	}

	t.is(await digestOfFile(path.join(root, 'one.tar')), await digestOfFile(path.join(root, 'two.tar')));
});

test('a zip is the same bytes whatever the order, and Python reads it', async t => {
	if (!needs(t, 'python3')) {
		return;
	}

	const root = await workplace(t);
	const parts: readonly ArchiveEntry[] = [
		{name: 'demo-1.0.dist-info/RECORD', content: 'r'}, {name: 'zz.py', content: 'x = 1\n'.repeat(1000)}, {name: 'demo-1.0.dist-info/METADATA', content: 'm'}, {name: 'bin/run', content: '', executable: true},
	];
	await writeZip(parts, path.join(root, 'one.whl'));
	await writeZip(parts.toReversed(), path.join(root, 'two.whl'));
	t.is(await digestOfFile(path.join(root, 'one.whl')), await digestOfFile(path.join(root, 'two.whl')));
	const script = 'import sys, zipfile, json; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(json.dumps([[i.filename, i.date_time, oct(i.external_attr >> 16), i.compress_type] for i in z.infolist()]))';
	const {stdout} = await run('python3', ['-c', script, path.join(root, 'one.whl')]);
	const date = [1980, 1, 1, 0, 0, 0];
	t.deepEqual(JSON.parse(stdout), [
		['bin/run', date, '0o100755', 0], ['zz.py', date, '0o100644', 0], ['demo-1.0.dist-info/METADATA', date, '0o100644', 0], ['demo-1.0.dist-info/RECORD', date, '0o100644', 0],
	]);
});

test('a zip is the same bytes with every version of Node', async t => {
	const root = await workplace(t);
	const file = path.join(root, 'demo.whl');
	await writeZip([{name: 'a.py', content: 'x = 1\n'.repeat(1000)}, {name: 'b.so', content: new Uint8Array((16 * 1024 * 1024) + 1), executable: true}], file);
	t.is(await digestOfFile(file), 'sha256:e2e7af03ae7c5ee1c5653760b61aeaf37337c14e477f2ac567786998c6bd6fc6');
	const members = await readMembers(file, () => true);
	t.is(members.get('b.so')!.length, (16 * 1024 * 1024) + 1);
});

test('the time zone leaves no trace in a zip', async t => {
	const root = await workplace(t);
	const script = 'import {writeZip} from \'./src/system/archive-write.ts\'; await writeZip([{name: \'a\', content: \'x\'}], process.argv[1]);';
	const digests = [];
	for (const zone of ['UTC', 'America/St_Johns', 'Asia/Kathmandu']) {
		const file = path.join(root, `${zone.replace('/', '-')}.zip`);
		await run('node', ['--import=tsx', '--input-type=module', '-e', script, '--', file], {env: {PATH: process.env.PATH, TZ: zone}});
		digests.push(await digestOfFile(file));
	}

	t.is(new Set(digests).size, 1);
});

test('two builds of a wheel that differ in order, modes and compression are one afterwards', async t => {
	const root = await workplace(t);
	const members = [{path: 'demo/', content: ''}, {path: 'demo/a.py', content: 'a'.repeat(500)}, {path: 'demo/b.so', content: 'b', mode: 0o10_0755}, {path: 'demo-1.0.dist-info/RECORD', content: 'r'}];
	const other = members.toReversed().map(member => member.path === 'demo/a.py' ? {...member, mode: 0o10_0664} : member);
	for (const [name, list] of [['one', members], ['two', other]] as const) {
		await writeFile(path.join(root, `${name}.raw`), await zipOf(list));
		await canonicalizeZip(path.join(root, `${name}.raw`), path.join(root, `${name}.whl`));
	}

	t.not(await digestOfFile(path.join(root, 'one.raw')), await digestOfFile(path.join(root, 'two.raw')));
	t.is(await digestOfFile(path.join(root, 'one.whl')), await digestOfFile(path.join(root, 'two.whl')));
	const read = await readMembers(path.join(root, 'one.whl'), () => true);
	t.deepEqual([...read].map(([name, bytes]) => [name, bytes.length]), [['demo/a.py', 500], ['demo/b.so', 1], ['demo-1.0.dist-info/RECORD', 1]]);
	t.deepEqual((await readdir(root)).toSorted(), ['one.raw', 'one.whl', 'two.raw', 'two.whl']);
});

test('a wheel in its canonical form stays as it is', async t => {
	const root = await workplace(t);
	await writeFile(path.join(root, 'raw'), (await wheelOf({name: 'demo', version: '1.0'})).content);
	await canonicalizeZip(path.join(root, 'raw'), path.join(root, 'one'));
	await canonicalizeZip(path.join(root, 'one'), path.join(root, 'two'));
	t.is(await digestOfFile(path.join(root, 'one')), await digestOfFile(path.join(root, 'two')));
});

const failing = test.macro(async (t, list: readonly ArchiveEntry[], code: string, message: RegExp) => {
	for (const write of [writeTar, writeZip]) {
		const root = await workplace(t);
		if (write === writeZip && code === 'STX0906') {
			continue;
		}

		const error = await t.throwsAsync(write(list, path.join(root, 'out')), {instanceOf: BuildError, message});
		t.is(error.code, code as typeof error.code);
		t.deepEqual(await readdir(root), []);
	}
});

test('a name out of the archive', failing, [{name: '../a', content: ''}], 'STX0907', /out of the folder/);
test('a name that is there twice', failing, [{name: 'a', content: ''}, {name: './a', content: ''}], 'STX0907', /twice/);
test('a file that is not there', failing, [{name: 'a', file: '/nowhere/a'}], 'STX0903', /^`a` does not exist$/);
test('a stream of another length', failing, [{name: 'a', open: () => Readable.from([Buffer.from('abc')]), size: 4}], 'STX0906', /3 bytes, but 4/);
test('a stream that fails', failing, [{
	name: 'a',
	size: 4,
	open: () => new Readable({
		read() {
			this.destroy(new BuildError('STX0906', 'changed'));
		},
	}),
}], 'STX0906', /changed/);

test('links have no place in a wheel', async t => {
	const root = await workplace(t);
	await writeFile(path.join(root, 'raw'), await zipOf([{path: 'a', content: 'x'}, {path: 'l', content: 'a', mode: 0o12_0777}]));
	await t.throwsAsync(canonicalizeZip(path.join(root, 'raw'), path.join(root, 'out')), {code: 'STX0907', message: /a link/});
	t.deepEqual(await readdir(root), ['raw']);
});

test('an archive that is interrupted is not there', async t => {
	const root = await workplace(t);
	const controller = new AbortController();
	const endless = () => Readable.from((async function * () {
		for (;;) {
			yield Buffer.alloc(1000);
			controller.abort();
			await new Promise(resolve => {
				setImmediate(resolve);
			});
		}
	})());
	await t.throwsAsync(writeTar([{name: 'a', open: endless, size: 10 ** 9}], path.join(root, 'out'), {signal: controller.signal}), {code: 'STX0003'});
	t.deepEqual(await readdir(root), []);
});

test('what a stranger packed is read back', async t => {
	const root = await workplace(t);
	await writeFile(path.join(root, 'a'), tarOf([{path: 'x', content: '1'}]));
	t.is((await readMembers(path.join(root, 'a'), () => true)).get('x')!.toString(), '1');
});
