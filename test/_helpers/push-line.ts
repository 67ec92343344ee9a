/** To a registry and back, on a real engine and Debian's docker-registry: an image is pushed, updated from there, and nothing of it stays with `--clean`. */
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {TestFn} from 'ava';
import type {EngineName} from '../../src/engine/index.js';
import {digestInRegistry, startRegistry} from './local-registry.js';
import {needs} from './needs.js';
import {countsOf, makeUserPlace} from './user-place.js';

/** Registers the test for an engine. */
export function testPushLine(test: TestFn, engine: EngineName): void {
	test.serial('an image is pushed under all its names, and updated from the registry; --clean leaves nothing of either in the engine', async t => {
		t.timeout(1_200_000);
		if (!needs(t, {engine, program: ['mmdebstrap', 'python3'], root: true}) || !needs(t, 'docker-registry')) {
			return;
		}

		const place = await makeUserPlace(engine);
		t.teardown(async () => place.remove());
		const host = await startRegistry(t, path.join(place.folder, 'registry'));
		await mkdir(path.join(place.folder, 'wheels/debian-trixie'), {recursive: true});
		await writeFile(path.join(place.folder, 'wheels/debian-trixie/stable-wheels.cfg'), '# None beyond what the image asks for.\n');
		await writeFile(path.join(place.folder, 'sent.stable_docker_image'), `BUILDER=loci\nLABEL=stx-sent\nPROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES="netaddr"\nCUSTOMIZATION="echo ${place.user} >/etc/made-by"\n`);
		const push = ['images', '--directive', 'sent.stable_docker_image', '--registry', host, '--version', '20261121T000000Z', '--push', '--latest', '--clean', '--json'];
		const sent = await place.run(push);
		t.is(sent.code, 0, sent.err + sent.out.slice(-2000));
		const {pushed} = await place.record('stx-sent');
		t.is(pushed.length, 2);
		for (const {reference, digest} of pushed) {
			t.is(await digestInRegistry(reference), digest);
		}

		t.false((await place.images()).includes(host), 'what was pushed is gone');
		t.like(countsOf(await place.run(push)), {built: 0, failed: 0}, 'and is not made again');

		const [{reference, digest}] = pushed as [typeof pushed[number]];
		await writeFile(path.join(place.folder, 'fix.sh'), 'echo mended >/etc/mended-by\n');
		const update = ['update', '--from', reference, '--registry', host, '--customize', 'fix.sh', '--push', '--clean', '--json'];
		const updated = await place.run(update);
		t.is(updated.code, 0, updated.err + updated.out.slice(-2000));
		t.is(await digestInRegistry(reference), digest, 'what it is made of is as it was');
		t.regex(await digestInRegistry(reference.replace(/0$/v, '1')) ?? '', /^sha256:/v);
		t.false((await place.images()).includes(host), 'what was updated is gone, and what was pulled for it');
		t.like(countsOf(await place.run(update)), {built: 0, failed: 0}, 'and is not made, nor pulled, again');
	});
}
