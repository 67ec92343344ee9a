import path from 'node:path';
import test from 'ava';
import {withTemporaryFolder, writeWhole} from '../../../../src/system/index.js';
import {absentFile} from '../../../../src/wheels/inputs/find-wheel-file.js';

test('a file that is not there is told with those that are, of the roots and of MY_REPO', async t => {
	await withTemporaryFolder('find-wheel-file', async folder => {
		const [own, packaged, repo] = ['own', 'package', 'repo'].map(name => path.join(folder, name)) as [string, string, string];
		for (const file of ['own/wheels/debian-forky/dev-wheels.cfg', 'package/wheels/debian-trixie/stable-wheels.cfg', 'package/wheels/debian-trixie/openstack.cfg', 'package/wheels/toolchain.txt', 'repo/build-tools/build-wheels/debian-bullseye/stable-wheels.cfg', 'repo/build-tools/build-wheels/debian-bullseye/stable-wheels-py2.cfg']) {
			await writeWhole(path.join(folder, file), '');
		}

		const folders = {roots: [own, packaged]};
		const list = await absentFile({folders, repo}, 'wheels/debian-bookworm/stable-wheels.cfg');
		t.is(list.code, 'STX0903');
		t.deepEqual(list.at, [{file: path.join(own, 'wheels/debian-bookworm/stable-wheels.cfg')}]);
		t.is(list.hint, 'make one, or choose what there is with --os, --os-codename and --stream: `debian-bullseye/stable-wheels.cfg`, `debian-forky/dev-wheels.cfg`, `debian-trixie/stable-wheels.cfg`');

		t.regex((await absentFile({folders, repo: undefined}, 'wheels/debian-bookworm/openstack.cfg')).hint!, /: `debian-trixie\/openstack\.cfg`$/v);
		t.is((await absentFile({folders, repo}, 'wheels/builder/Dockerfile')).hint, 'make one');
	});
});
