import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {withTemporaryFolder} from '../../../../src/system/index.js';
import {findWheelFile} from '../../../../src/wheels/inputs/find-wheel-file.js';
import {readTarget} from '../../../../src/wheels/inputs/read-target.js';
import {failureOf} from '../../../_helpers/failure.js';

const write = async (file: string, text: string): Promise<void> => {
	await mkdir(path.dirname(file), {recursive: true});
	await writeFile(file, text);
};

test('the Debian releases that StarlingX builds on are known, and a target.ini decides', async t => {
	await withTemporaryFolder('target', async folder => {
		const read = async (os: string) => {
			const {python, glibc, arch} = await readTarget({roots: [folder]}, os, 'amd64');
			return [python, glibc, arch];
		};

		t.deepEqual(await read('debian-bullseye'), ['3.9', '2.31', 'x86_64']);
		t.deepEqual(await read('debian-bookworm'), ['3.11', '2.36', 'x86_64']);
		t.deepEqual(await read('debian-trixie'), ['3.13', '2.41', 'x86_64']);
		const error = await failureOf(async () => read('debian-sid'));
		t.is(error.code, 'STX0406');
		t.deepEqual(error.at, [{file: path.join(folder, 'wheels/debian-sid/target.ini')}]);
		await write(path.join(folder, 'wheels/debian-trixie/target.ini'), '[target]\npython = 3.14\nglibc = 2.42\n');
		t.deepEqual(await read('debian-trixie'), ['3.14', '2.42', 'x86_64']);
	});
});

test('a list is the user\'s, else the one of StarlingX\'s checkout, else the package\'s', async t => {
	await withTemporaryFolder('places', async folder => {
		const [own, repo, ours] = ['own', 'repo', 'package'].map(name => path.join(folder, name)) as [string, string, string];
		const find = async (roots: readonly string[], from: string | undefined) => findWheelFile({folders: {roots}, repo: from, os: 'debian-trixie'}, 'stable-wheels.cfg');
		const places = {
			own: path.join(own, 'wheels/debian-trixie/stable-wheels.cfg'),
			repo: path.join(repo, 'build-tools/build-wheels/debian-trixie/stable-wheels.cfg'),
			ours: path.join(ours, 'wheels/debian-trixie/stable-wheels.cfg'),
		};
		t.is(await find([own, ours], repo), undefined);
		await write(places.ours, '');
		t.is(await find([own, ours], repo), places.ours);
		await write(places.repo, '');
		t.is(await find([own, ours], repo), places.repo);
		t.is(await find([own, ours], undefined), places.ours);
		// In the package's own folder, the user has none besides it.
		t.is(await find([ours], repo), places.repo);
		await write(places.own, '');
		t.is(await find([own, ours], repo), places.own);
	});
});
