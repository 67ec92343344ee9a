import {mkdir, readdir, utimes} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {removeLeftovers} from '../../../src/loadbuild/remove-leftovers.js';
import {withTemporaryFolder} from '../../../src/system/index.js';

test('what killed runs have left goes from every place where work has its temporary folders', async t => {
	await withTemporaryFolder('leftovers', async folder => {
		const now = new Date();
		const old = new Date(now.getTime() - (25 * 60 * 60 * 1000));
		const cache = path.join(folder, 'cache');
		const std = path.join(folder, 'workspace/std');
		const places = [
			path.join(std, 'build-images/context'),
			path.join(std, 'build-wheels-debian-trixie-stable'),
			path.join(std, 'update-images/unnamed-update/context'),
			path.join(std, 'update-images/CVE-1/context'),
			cache,
			path.join(cache, 'uv'),
		];
		for (const place of places) {
			const left = path.join(place, 'stx-build-archive-4194305-AbCd12');
			await mkdir(path.join(left, 'within'), {recursive: true});
			await utimes(left, old, old);
		}

		await removeLeftovers({
			workspace: path.join(folder, 'workspace'), cache, os: 'debian', codename: 'trixie', stream: 'stable',
		}, now);
		for (const place of places) {
			const names = await readdir(place);
			t.deepEqual(names.filter(name => name.startsWith('stx-build-')), [], place);
		}
	});
});
