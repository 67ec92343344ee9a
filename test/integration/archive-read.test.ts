import {Buffer} from 'node:buffer';
import {
	chmod, lstat, mkdir, mkdtemp, readFile, readdir, readlink, rm, stat, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {gzipSync} from 'node:zlib';
import test, {type ExecutionContext} from 'ava';
import {BuildError} from '../../src/errors.js';
import {extractArchive, readMembers, type ArchiveLimits} from '../../src/system/index.js';
import {
	sdistOf, tarOf, wheelOf, zipOf, type TarMember, type ZipMember,
} from '../_helpers/archives.js';

async function workplace(t: ExecutionContext<any>): Promise<{file: (bytes: Uint8Array) => Promise<string>; folder: string; outside: string}> {
	const root = await mkdtemp(path.join(tmpdir(), 'archive-read-'));
	t.teardown(async () => rm(root, {recursive: true, force: true}));
	let count = 0;
	return {
		folder: path.join(root, 'out', 'in'),
		outside: root,
		async file(bytes) {
			const file = path.join(root, `archive-${count++}`);
			await writeFile(file, bytes);
			return file;
		},
	};
}

async function tree(folder: string): Promise<Record<string, string>> {
	const found: Record<string, string> = {};
	for (const entry of await readdir(folder, {recursive: true, withFileTypes: true})) {
		const file = path.join(entry.parentPath, entry.name);
		const name = path.relative(folder, file);
		const {mode} = await lstat(file);
		found[name] = entry.isSymbolicLink() ? `-> ${await readlink(file)}` : (entry.isDirectory() ? `folder ${(mode % 0o1000).toString(8)}` : `${(mode % 0o1000).toString(8)} ${await readFile(file, 'utf8')}`);
	}

	return found;
}

test('an sdist is unpacked with its folders, and with modes and times that do not depend on the machine', async t => {
	const {file, folder} = await workplace(t);
	const before = process.umask(0o077);
	t.teardown(() => {
		process.umask(before);
	});
	await extractArchive(await file(gzipSync(tarOf([
		{path: './demo-1.0/', type: 'Directory', mode: 0o700},
		{path: 'demo-1.0/setup.py', content: 'setup()', mode: 0o600},
		{path: 'demo-1.0//a/./b/run.sh', content: 'exit', mode: 0o4711},
		{path: 'demo-1.0/link', type: 'SymbolicLink', linkpath: 'a/b'},
		{path: 'demo-1.0/hard', type: 'Link', linkpath: 'demo-1.0/setup.py'},
		{path: 'demo-1.0/empty', content: ''},
	]))), folder);
	t.deepEqual(await tree(folder), {
		'demo-1.0': 'folder 755',
		'demo-1.0/a': 'folder 755',
		'demo-1.0/a/b': 'folder 755',
		'demo-1.0/a/b/run.sh': '755 exit',
		'demo-1.0/setup.py': '644 setup()',
		'demo-1.0/hard': '644 setup()',
		'demo-1.0/empty': '644 ',
		'demo-1.0/link': '-> a/b',
	});
	const {mtime} = await stat(path.join(folder, 'demo-1.0/setup.py'));
	t.is(mtime.toISOString(), '2024-05-06T07:08:09.000Z');
});

test('long names and members larger than a chunk', async t => {
	const {file, folder} = await workplace(t);
	const name = `${'deep/'.repeat(40)}${'n'.repeat(120)}`;
	const content = Buffer.alloc(3_000_001, 'abc');
	const long = Buffer.from(`${name}\0`);
	await extractArchive(await file(tarOf([
		{path: '././@LongLink', type: 'NextFileHasLongPath', content: long},
		{path: name.slice(0, 100), content},
		{path: 'after', content: 'x'},
	])), folder);
	t.true(content.equals(await readFile(path.join(folder, name))));
	t.is(await readFile(path.join(folder, 'after'), 'utf8'), 'x');
});

test('a wheel is unpacked', async t => {
	const {file, folder} = await workplace(t);
	const wheel = await wheelOf({name: 'demo', version: '1.0', files: {'demo/data.bin': Buffer.alloc(200_000, 7)}});
	await extractArchive(await file(wheel.content), folder);
	t.is(await readFile(path.join(folder, 'demo-1.0.dist-info/METADATA'), 'utf8'), wheel.metadata);
	t.is((await readFile(path.join(folder, 'demo/data.bin'))).length, 200_000);
});

test('a zip with folders, an executable and a link', async t => {
	const {file, folder} = await workplace(t);
	await extractArchive(await file(await zipOf([
		{path: 'a/'}, {path: 'a/run', content: 'x', mode: 0o10_0755}, {path: 'a/link', content: 'run', mode: 0o12_0777},
	])), folder);
	t.deepEqual(await tree(folder), {a: 'folder 755', 'a/run': '755 x', 'a/link': '-> run'});
});

test('an empty folder that is there already is used, a full one is not', async t => {
	const {file, folder} = await workplace(t);
	const archive = await file(tarOf([{path: 'a', content: 'x'}]));
	await mkdir(folder, {recursive: true});
	await extractArchive(archive, folder);
	const error = await t.throwsAsync(extractArchive(archive, folder), {instanceOf: BuildError, message: /is not empty/});
	t.is(error.code, 'STX0904');
	t.deepEqual(await tree(folder), {a: '644 x'});
});

const hostileTar = test.macro(async (t, members: readonly TarMember[], message: RegExp, limits?: ArchiveLimits) => {
	for (const pack of [(bytes: Buffer) => bytes, gzipSync]) {
		const {file, folder, outside} = await workplace(t);
		const archive = await file(pack(tarOf(members)));
		const error = await t.throwsAsync(extractArchive(archive, folder, limits), {instanceOf: BuildError, message});
		t.is(error.code, 'STX0907');
		t.deepEqual(error.at, [{file: archive}]);
		// Nothing is left, in the folder or out of it.
		const left = await readdir(outside, {recursive: true});
		t.deepEqual(left.toSorted(), ['archive-0', 'out']);
		await t.throwsAsync(readMembers(archive, () => true, limits), {instanceOf: BuildError, code: 'STX0907'});
	}
});

const good: TarMember = {path: 'demo/good', content: 'good'};
test('tar: absolute', hostileTar, [good, {path: '/tmp/archive-read-escape', content: 'x'}], /absolute/);
test('tar: out of the folder', hostileTar, [good, {path: 'demo/../../../escape', content: 'x'}], /out of the folder/);
test('tar: a link out of the folder', hostileTar, [good, {path: 'demo/l', type: 'SymbolicLink', linkpath: '../../x'}], /symbolic link to/);
test('tar: an absolute link', hostileTar, [good, {path: 'l', type: 'SymbolicLink', linkpath: '/etc/passwd'}], /symbolic link to/);
test('tar: links in a circle', hostileTar, [{path: 'a', type: 'SymbolicLink', linkpath: 'b'}, {path: 'b', type: 'SymbolicLink', linkpath: 'a'}], /symbolic link to/);
test('tar: writing through a link', hostileTar, [{path: 'l', type: 'SymbolicLink', linkpath: '..'}, {path: 'l/escape', content: 'x'}], /lies below `l`/);
test('tar: a link in the place of a folder', hostileTar, [{path: 'l/x', content: 'x'}, {path: 'l', type: 'SymbolicLink', linkpath: '..'}], /and a folder/);
test('tar: a link through another', hostileTar, [
	{path: 'a/b/c/x', type: 'SymbolicLink', linkpath: '../../../top'}, {path: 'top/f', content: 'x'}, {path: 'y', type: 'SymbolicLink', linkpath: 'a/b/c/x/../..'},
], /`y` is a symbolic link/);
test('tar: a hard link out of the folder', hostileTar, [good, {path: 'h', type: 'Link', linkpath: '../../../etc/passwd'}], /out of the folder/);
test('tar: an absolute hard link', hostileTar, [good, {path: 'h', type: 'Link', linkpath: '/etc/passwd'}], /absolute/);
test('tar: a hard link to a link', hostileTar, [{path: 's', type: 'SymbolicLink', linkpath: 'x'}, {path: 'h', type: 'Link', linkpath: 's'}], /hard link/);
test('tar: a device', hostileTar, [good, {path: 'd', type: 'CharacterDevice'}], /CharacterDevice/);
test('tar: a block device', hostileTar, [good, {path: 'd', type: 'BlockDevice'}], /BlockDevice/);
test('tar: a pipe', hostileTar, [good, {path: 'd', type: 'FIFO'}], /FIFO/);
test('tar: twice the same', hostileTar, [good, {path: './demo//good', content: 'bad'}], /twice/);
test('tar: control characters', hostileTar, [good, {path: 'demo/\u001B[2J', content: 'x'}], /control/);
test('tar: too many members', hostileTar, Array.from({length: 20}, (_, index) => ({path: `f${index}`})), /more than 10 members/, {members: 10});
test('tar: too many bytes', hostileTar, [{path: 'a', content: Buffer.alloc(50_000)}, {path: 'b', content: Buffer.alloc(60_000)}], /more than 10{5} bytes/, {bytes: 100_000});

test('tar: a bomb is found before it is unpacked', async t => {
	const {file, folder, outside} = await workplace(t);
	const archive = await file(gzipSync(tarOf([{path: 'zeros', content: Buffer.alloc(160 * (2 ** 20))}])));
	await t.throwsAsync(extractArchive(archive, folder), {instanceOf: BuildError, code: 'STX0907', message: /200 times its size/});
	t.deepEqual((await readdir(outside, {recursive: true})).toSorted(), ['archive-0', 'out']);
});

test('tar: a bomb in a bomb does not reach the parser', async t => {
	const {file, folder} = await workplace(t);
	const archive = await file(gzipSync(gzipSync(tarOf([{path: 'zeros', content: Buffer.alloc(1_000_000)}]))));
	await t.throwsAsync(extractArchive(archive, folder), {instanceOf: BuildError, code: 'STX0910', message: /is no tar/});
});

const hostileZip = test.macro(async (t, members: readonly ZipMember[], message: RegExp, code = 'STX0907') => {
	const {file, folder, outside} = await workplace(t);
	const error = await t.throwsAsync(extractArchive(await file(await zipOf(members)), folder), {instanceOf: BuildError, message});
	t.is(error.code, code as typeof error.code);
	t.deepEqual((await readdir(outside, {recursive: true})).toSorted(), ['archive-0', 'out']);
});

const fine: ZipMember = {path: 'good', content: 'good'};
test('zip: absolute', hostileZip, [fine, {path: '_tmp/escape', truePath: '/tmp/escape'}], /absolute/);
test('zip: out of the folder', hostileZip, [fine, {path: '__/__/escape', truePath: '../../escape'}], /out of the folder/);
test('zip: backslashes', hostileZip, [fine, {path: '__/__/escape', truePath: String.raw`..\..\escape`}], /backslash/);
test('zip: a link out of the folder', hostileZip, [fine, {path: 'l', content: '../../x', mode: 0o12_0777}], /symbolic link to/);
test('zip: a device', hostileZip, [fine, {path: 'd', mode: 0o02_0666}], /neither file, folder nor link/);
test('zip: twice the same', hostileZip, [fine, {path: 'gooD', truePath: 'good'}], /twice/);
test('zip: another name in the member\'s own header', hostileZip, [{path: 'name-a', content: 'x', centralPath: 'name-b'}], /`name-a` in its own header/);

test('zip: a bomb', async t => {
	const {file, folder} = await workplace(t);
	const zip = await zipOf([{path: 'zeros', content: Buffer.alloc(160 * (2 ** 20))}]);
	await t.throwsAsync(extractArchive(await file(zip), folder), {code: 'STX0907', message: /200 times its size/});
});

test('zip: members that overlap', async t => {
	const {file, folder} = await workplace(t);
	const content = Buffer.from(Array.from({length: 20_000}, (_, index) => (index * 7919) % 251));
	const zip = await zipOf([{path: 'aaaa', content}, {path: 'bbbb', content}]);
	// Both entries of the central directory claim most of the file.
	for (const name of ['aaaa', 'bbbb']) {
		const entry = zip.lastIndexOf(name) - 46;
		zip.writeUInt32LE(zip.length - 100, entry + 20);
	}

	await t.throwsAsync(readMembers(await file(zip), () => false), {code: 'STX0907', message: /overlap/});
	t.false(await stat(folder).then(() => true, () => false));
});

test('zip: a changed byte is found by the checksum', async t => {
	const {file, folder} = await workplace(t);
	const zip = await zipOf([{path: 'stored', content: 'content that is compressed'}]);
	zip.writeUInt32LE(1234, zip.lastIndexOf('stored') - 46 + 16);
	await t.throwsAsync(extractArchive(await file(zip), folder), {instanceOf: BuildError, code: 'STX0910', message: /checksum of member `stored`/});
});

const unreadable = test.macro(async (t, bytes: Uint8Array | (() => Promise<Uint8Array>), message: RegExp) => {
	const {file, folder, outside} = await workplace(t);
	const archive = await file(typeof bytes === 'function' ? await bytes() : bytes);
	await t.throwsAsync(extractArchive(archive, folder), {instanceOf: BuildError, code: 'STX0910', message});
	t.deepEqual((await readdir(outside, {recursive: true})).toSorted(), ['archive-0', 'out']);
});

const sdist = sdistOf({name: 'demo', version: '1.0', files: {'data.txt': 'x'.repeat(5000)}});
test('nothing', unreadable, Buffer.alloc(0), /neither a tar nor a zip/);
test('a tar of nothing', unreadable, tarOf([]), /neither a tar nor a zip/);
test('text', unreadable, Buffer.from('<html>not found</html>'.repeat(50)), /neither a tar nor a zip/);
test('bzip2', unreadable, Buffer.from('BZh91AY&SY'), /compressed with bzip2; only gzip and zip/);
test('xz', unreadable, Buffer.from([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]), /compressed with xz/);
test('a tar.gz that is cut off', unreadable, sdist.content.subarray(0, -20), /unexpected end/);
test('a tar that is cut off', unreadable, tarOf([{path: 'a', content: Buffer.alloc(5000)}]).subarray(0, 2000), /Truncated|ends/);
test('a tar.gz with a changed byte', unreadable, (() => {
	const bytes = Buffer.from(sdist.content);
	bytes.writeUInt8(255 - bytes.readUInt8(bytes.length - 6), bytes.length - 6);
	return bytes;
})(), /incorrect data check|incorrect length check/);
test('a zip that is cut off', unreadable, async () => {
	const {content} = await wheelOf({name: 'demo', version: '1.0'});
	return content.subarray(0, -30);
}, /central directory/);

const zipPastItsEnd = async (): Promise<Buffer> => {
	const {content} = await wheelOf({name: 'demo', version: '1.0'});
	const bytes = Buffer.from(content);
	// Where the list of members begins stands six bytes before the end.
	bytes.writeUInt32LE(bytes.length - 10, bytes.length - 6);
	return bytes;
};

test('a zip whose list of members does not end before the file does', unreadable, zipPastItsEnd, /cannot be read as an archive: /);

test('errors call an archive by the name that it is given', async t => {
	const {file} = await workplace(t);
	for (const bytes of [await zipPastItsEnd(), sdist.content.subarray(0, -20), Buffer.from('text')]) {
		const error = await t.throwsAsync(readMembers(await file(bytes), () => true, {name: 'demo-1.0.whl'}), {instanceOf: BuildError, code: 'STX0910', message: /^`demo-1\.0\.whl` cannot be read/v});
		t.deepEqual(error?.at, [{file: 'demo-1.0.whl'}]);
	}
});

test('what is not there cannot be read', async t => {
	await t.throwsAsync(readMembers('/nowhere/a.tar', () => true), {instanceOf: BuildError, code: 'STX0903'});
});

test('a folder that cannot be written', async t => {
	const {file, outside} = await workplace(t);
	const archive = await file(tarOf([{path: 'a', content: 'x'}]));
	await writeFile(path.join(outside, 'a-file'), '');
	await t.throwsAsync(extractArchive(archive, path.join(outside, 'a-file', 'folder')), {instanceOf: BuildError, code: 'STX0904'});
	await chmod(archive, 0o644);
});

test('members are read without the rest', async t => {
	const {file} = await workplace(t);
	const wheel = await wheelOf({name: 'demo', version: '1.0', files: {'demo/big': Buffer.alloc(5_000_000, 'xy')}});
	for (const [bytes, wanted] of [[wheel.content, 'demo-1.0.dist-info/METADATA'], [sdist.content, 'demo-1.0/PKG-INFO']] as const) {
		const members = await readMembers(await file(bytes), name => name === wanted);
		t.deepEqual([...members.keys()], [wanted]);
		t.regex(members.get(wanted)!.toString(), /^Name: demo$/m);
	}
});

test('a member that is too large to be read', async t => {
	const {file} = await workplace(t);
	const archive = await file(tarOf([{path: 'a', content: Buffer.alloc(5000)}]));
	await t.throwsAsync(readMembers(archive, () => true, {memberBytes: 4999}), {code: 'STX0907', message: /larger than 4999/});
	t.is((await readMembers(archive, () => false, {memberBytes: 4999})).size, 0);
});
