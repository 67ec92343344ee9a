/** Podman, beside Buildah: they have one storage, so what the one has made the other takes. */
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {testLociLine} from '../../_helpers/loci-line.js';
import {needs} from '../../_helpers/needs.js';
import {testPushLine} from '../../_helpers/push-line.js';
import {countsOf, eventsOf, makeUserPlace} from '../../_helpers/user-place.js';

testLociLine(test, 'podman', ['pinned']);
testPushLine(test, 'podman');

test.serial('podman makes, verifies and tags an image on the base image that is there', async t => {
	t.timeout(1_200_000);
	if (!needs(t, {engine: 'podman', program: ['mmdebstrap', 'python3'], root: true}) || !needs(t, {engine: 'buildah'})) {
		return;
	}

	const [buildah, podman] = [await makeUserPlace('buildah'), await makeUserPlace('podman')];
	t.teardown(async () => buildah.remove());
	t.teardown(async () => podman.remove());
	const base = await buildah.run(['base']);
	t.is(base.code, 0, base.err);
	const taken = await podman.run(['base', '--json']);
	t.is(taken.code, 0, taken.err);
	// Only its tags are of this workspace.
	t.deepEqual(eventsOf(taken).filter(({type, status}) => type === 'end' && status === 'built').map(({id}) => id), ['base:tag']);

	await mkdir(path.join(podman.folder, 'wheels/debian-trixie'), {recursive: true});
	await writeFile(path.join(podman.folder, 'wheels/debian-trixie/stable-wheels.cfg'), '# None beyond what the image asks for.\n');
	const directive = path.join(podman.folder, 'podman.stable_docker_image');
	await writeFile(directive, `BUILDER=loci\nLABEL=stx-podman\nPROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES="netaddr"\nCUSTOMIZATION="echo ${podman.user} >/etc/made-by"\n`);
	const made = await podman.run(['images', '--directive', directive, '--json']);
	t.is(made.code, 0, made.err);
	t.true(eventsOf(made).some(event => event.type === 'end' && event.id === 'verify:stx-podman' && event.status === 'built'));
	t.true((await podman.images()).includes(`${podman.user}/stx-podman:`));
	const record = await podman.record('stx-podman');
	t.true(record.verify.checks.every(({status}) => status === 'passed'), JSON.stringify(record.verify.checks));
	t.true((await buildah.images()).includes(`${podman.user}/stx-podman:`));

	const again = await podman.run(['images', '--directive', directive, '--json']);
	t.like(countsOf(again), {built: 0, failed: 0});
});
