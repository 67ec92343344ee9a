/** Wheels out of .debs that dpkg-deb made, found as StarlingX's tools find them. */
import {spawnSync} from 'node:child_process';
import {
	copyFile, mkdir, mkdtemp, rm, symlink, writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {Readable} from 'node:stream';
import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {createTarget} from '../../src/python/index.js';
import {createRunner, createStore} from '../../src/system/index.js';
import {readLocalWheels} from '../../src/wheels/index.js';
import {compareDebianVersions} from '../../src/wheels/inputs/compare-debian-versions.js';
import {wheelOf, type WheelParts} from '../_helpers/archives.js';
import {failureOf} from '../_helpers/failure.js';
import {needs} from '../_helpers/needs.js';

const target = createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'});

async function makePlace(t: ExecutionContext) {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'stx-build-debs-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const write = async (name: string, content: string | Uint8Array): Promise<string> => {
		const file = path.join(folder, name);
		await mkdir(path.dirname(file), {recursive: true});
		await writeFile(file, content);
		return file;
	};

	const store = createStore(path.join(folder, 'cache'));
	let made = 0;
	return {
		folder,
		store,
		write,
		/** Makes a .deb below std/. */
		async deb(file: string, {name, version, architecture = 'all'}: {readonly name: string; readonly version: string; readonly architecture?: string}, files: Readonly<Record<string, string | Uint8Array>>, compression = 'xz'): Promise<string> {
			made += 1;
			const tree = `tree${made}`;
			await write(`${tree}/DEBIAN/control`, `Package: ${name}\nVersion: ${version}\nArchitecture: ${architecture}\nMaintainer: A <a@example.org>\nDescription: x\n`);
			for (const [member, content] of Object.entries(files)) {
				await write(path.join(tree, member), content);
			}

			const deb = path.join(folder, 'ws/std', file);
			await mkdir(path.dirname(deb), {recursive: true});
			const {status, stderr} = spawnSync('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '--build', path.join(folder, tree), deb], {encoding: 'utf8'});
			t.is(status, 0, stderr);
			return deb;
		},
		read: async (folders: readonly string[] = [], stream: 'stable' | 'dev' = 'stable') => readLocalWheels({
			os: 'debian', codename: 'trixie', stream, arch: 'amd64', repo: path.join(folder, 'src/cgcs-root'), workspace: path.join(folder, 'ws'),
		}, {folders, target}, {run: createRunner(process.env), store, folder: path.join(folder, 'cache/tmp')}),
	};
}

const place = 'usr/share/python-wheels';
const wheel = async (name: string, version: string, more: Partial<WheelParts> = {}) => wheelOf({
	name, version, requires: [], ...more,
});

test('W35: the packages that repositories name, whatever they are compressed with, in their newest version', async t => {
	if (!needs(t, {program: ['dpkg-deb', 'xz', 'zstd']})) {
		return;
	}

	const world = await makePlace(t);
	const {write, deb, folder} = world;
	// A repository, a worktree of one, one that is reached by a link, and a folder that is none.
	await write('src/cgcs-root/.git/HEAD', '');
	await write('src/cgcs-root/debian_stable_wheels.inc', '# ours\none-wheels two-wheels # both\n');
	await write('src/cgcs-root/stx/nfv/.git', 'gitdir: x\n');
	await write('src/cgcs-root/stx/nfv/debian_trixie_stable_wheels.inc', 'three-wheel\n\nabsent-wheel\n');
	await write('src/cgcs-root/stx/nfv/debian_bullseye_stable_wheels.inc', 'bullseye-wheel\n');
	await write('src/cgcs-root/stx/nfv/debian_dev_wheels.inc', 'dev-wheel\n');
	await write('elsewhere/.git/HEAD', '');
	await write('elsewhere/debian_stable_wheels.inc', 'linked-wheel\n');
	await symlink(path.join(folder, 'elsewhere'), path.join(folder, 'src/linked'));
	await symlink(path.join(folder, 'src'), path.join(folder, 'src/circle'));
	await write('src/cgcs-root/notes/debian_stable_wheels.inc', 'nobody-wheel\n');
	const [one, two, three, linked] = await Promise.all([wheel('one', '1'), wheel('Two', '2', {requires: ['one>=1']}), wheel('three', '3'), wheel('linked', '4')]);
	await deb('one/one-wheels_1.0-1.stx.9_all.deb', {name: 'one-wheels', version: '1.0-1.stx.9'}, {[`${place}/${(await wheel('one', '0')).filename}`]: (await wheel('one', '0')).content});
	const newest = await deb('one/one-wheels_1.0-1.stx.10_all.deb', {name: 'one-wheels', version: '1.0-1.stx.10'}, {[`${place}/${one.filename}`]: one.content, 'usr/share/doc/one/README': 'x'});
	await deb('two-wheels_1.0_amd64.deb', {name: 'two-wheels', version: '1.0', architecture: 'amd64'}, {[`${place}/${two.filename}`]: two.content}, 'zstd');
	await deb('two-wheels_2.0_arm64.deb', {name: 'two-wheels', version: '2.0', architecture: 'arm64'}, {[`${place}/${two.filename}`]: two.content});
	await deb('deep/er/three-wheel_1_all.deb', {name: 'three-wheel', version: '1'}, {[`${place}/${three.filename}`]: three.content}, 'gzip');
	await deb('linked-wheel_1_all.deb', {name: 'linked-wheel', version: '1'}, {[`${place}/${linked.filename}`]: linked.content}, 'none');
	await mkdir(path.join(folder, 'ws/std/build-wheels-debian-trixie-stable'), {recursive: true});
	await copyFile(newest, path.join(folder, 'ws/std/build-wheels-debian-trixie-stable/one-wheels_9_all.deb'));

	const {built, missing} = await world.read();
	t.deepEqual(built.map(({name, version, requires}) => [name as string, version, requires]), [['linked', '4', []], ['one', '1', []], ['three', '3', []], ['two', '2', ['one>=1']]]);
	t.is(built[1]!.path, `${newest}/${one.filename}`);
	t.deepEqual(built[1]!.at, {file: path.join(folder, 'src/cgcs-root/debian_stable_wheels.inc'), line: 2});
	t.true(await world.store.has(built[1]!.digest));
	t.deepEqual(missing, [{name: 'absent-wheel', at: {file: path.join(folder, 'src/cgcs-root/stx/nfv/debian_trixie_stable_wheels.inc'), line: 3}}]);
	t.deepEqual((await world.read([], 'dev')).missing.map(({name}) => name), ['dev-wheel']);
	t.deepEqual(await world.read(), {built, extra: [], missing}, 'the second time from what is remembered');
});

test('what is ambiguous or wrong is refused, all at once', async t => {
	if (!needs(t, {program: ['dpkg-deb', 'xz']})) {
		return;
	}

	const world = await makePlace(t);
	const {write, deb} = world;
	await write('src/cgcs-root/.git/HEAD', '');
	await write('src/cgcs-root/debian_stable_wheels.inc', 'one-wheels\nempty-wheels\nother-wheels\nwrong-wheels\nbroken-wheels\n');
	const one = await wheel('one', '1');
	const other = await wheel('one', '2');
	const foreign = await wheel('foreign', '1', {tag: 'cp39-cp39-linux_x86_64'});
	const first = await deb('a/one-wheels_1.0-1_all.deb', {name: 'one-wheels', version: '1.0-1'}, {[`${place}/${one.filename}`]: one.content});
	const second = await deb('b/one-wheels_1.0-1_amd64.deb', {name: 'one-wheels', version: '0:1.0-01', architecture: 'amd64'}, {[`${place}/${one.filename}`]: one.content});
	await deb('empty-wheels_1_all.deb', {name: 'empty-wheels', version: '1'}, {'usr/share/doc/x': 'x'});
	await deb('other-wheels_1_all.deb', {name: 'other-wheels', version: '1'}, {[`${place}/${foreign.filename}`]: foreign.content});
	await deb('wrong-wheels_1_all.deb', {name: 'wrong-wheels', version: '1'}, {[`${place}/${one.filename}`]: other.content});
	await write('ws/std/broken-wheels_1_all.deb', 'not a deb');
	const {problems} = await failureOf(async () => world.read());
	t.deepEqual(problems.map(({code}) => code).toSorted(), ['STX0402', 'STX0406', 'STX0416', 'STX0431', 'STX0902']);
	const ambiguous = problems.find(({code}) => code === 'STX0431')!;
	t.is(ambiguous.message, 'there are two different packages `one-wheels` of version 1.0-1');
	t.deepEqual(ambiguous.at.map(item => (item as {readonly file: string}).file).slice(0, 2).toSorted(), [first, second]);
});

test('folders of finished wheels', async t => {
	const world = await makePlace(t);
	const {write, folder} = world;
	const [one, two] = await Promise.all([wheel('one', '1'), wheel('one', '2')]);
	await write(`a/${one.filename}`, one.content);
	await write('a/README', 'x');
	await write(`b/${one.filename}`, one.content);
	await write(`c/${two.filename}`, two.content);
	await mkdir(path.join(folder, 'empty'));
	const read = async (...names: readonly string[]) => world.read(names.map(name => path.join(folder, name)));
	const {extra} = await read('a', 'b');
	t.deepEqual(extra.map(({name, path: file}) => [name as string, file]), [['one', path.join(folder, 'a', one.filename)]], 'the same bytes may be there twice');
	t.is((await failureOf(async () => read('a', 'c'))).code, 'STX0431');
	t.is((await failureOf(async () => read('empty'))).code, 'STX0406');
	t.is((await failureOf(async () => read('gone'))).code, 'STX0903');
});

test('a wheel that is another while it is read is not remembered as the one that it was', async t => {
	const {write, store, read, folder} = await makePlace(t);
	const [one, other] = await Promise.all([wheel('one', '1'), wheel('one', '1', {requires: ['two']})]);
	const file = await write(`a/${one.filename}`, one.content);
	const {add} = store;
	store.add = async content => {
		await writeFile(file, other.content);
		const added = await add(content);
		await writeFile(file, one.content);
		return added;
	};

	const readDigest = async () => (await read([path.join(folder, 'a')])).extra[0]!.digest;
	const wrong = await readDigest();
	store.add = add;
	const {digest} = await store.add(Readable.from([one.content]));
	t.not(wrong, digest);
	t.is(await readDigest(), digest);
});

test('versions are ordered as dpkg orders them', t => {
	if (!needs(t, 'dpkg')) {
		return;
	}

	const part = fc.stringMatching(/^\d[\da-z.+~]{0,5}$/);
	const version = fc.tuple(fc.constantFrom('', '0:', '1:'), part, fc.option(fc.stringMatching(/^[\da-z.+~]{1,4}$/))).map(([epoch, upstream, revision]) => `${epoch}${upstream}${revision === null ? '' : `-${revision}`}`);
	fc.assert(fc.property(version, version, (a, b) => {
		const order = Math.sign(compareDebianVersions(a, b));
		const relation = order < 0 ? 'lt' : (order > 0 ? 'gt' : 'eq');
		t.is(spawnSync('dpkg', ['--compare-versions', a, relation, b]).status, 0, `${a} ${relation} ${b}`);
	}), {numRuns: 150});
});

test('an output of the local build that cannot be read is an error, and does not count as absent', async t => {
	const {folder, write, read} = await makePlace(t);
	await write('src/cgcs-root/.git/HEAD', '');
	await write('src/cgcs-root/debian_stable_wheels.inc', 'nova-wheels\n');
	await mkdir(path.join(folder, 'ws'));
	// A link to itself is there, and nobody can read it, not even root.
	await symlink('std', path.join(folder, 'ws/std'));
	const error = await failureOf(async () => read());
	t.is(error.code, 'STX0903');
	t.deepEqual(error.at, [{file: path.join(folder, 'ws/std')}]);
});
