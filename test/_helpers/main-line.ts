/**
The main job on a real engine and the real package index: from nothing to a verified keystone, and what must not be
possible on the way. The engines do the same, with one store, as two users of one machine would, perhaps at once: what one
looks for has the engine's own name.
*/
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {ExecutionContext, TestFn} from 'ava';
import {engineNames, type EngineName} from '../../src/engine/index.js';
import {needs} from './needs.js';
import {runningCommands} from './running-commands.js';
import {countsOf, makeUserPlace, type UserPlace} from './user-place.js';

/** Registers the tests for an engine. @returns registers one more in the same place, after them. */
export function testMainLine(test: TestFn, engine: EngineName): (title: string, body: (t: ExecutionContext, place: UserPlace) => Promise<void>) => void {
	let made: Promise<UserPlace> | undefined;

	test.after.always(async () => {
		await (await made)?.remove();
	});

	function inPlace(title: string, body: (t: ExecutionContext, place: UserPlace) => Promise<void>): void {
		test.serial(title, async t => {
			t.timeout(1_200_000);
			if (!needs(t, {engine, program: ['mmdebstrap', 'python3'], root: true})) {
				return;
			}

			made ??= makeUserPlace(engine);
			await body(t, await made);
		});
	}

	inPlace('loadbuild makes a keystone that answers GET /v3', async (t, place) => {
		const result = await place.run(['loadbuild', '--service', 'keystone']);
		t.is(result.code, 0, result.err);
		const {verify: {checks}} = await place.record('stx-keystone');
		t.true(checks.some(({check, status}) => check.includes('GET /v3') && status === 'passed'), JSON.stringify(checks));
		t.true(checks.some(({check}) => check === 'requirements of all distributions'));
		t.regex(await place.images(), /stx-keystone:dev-debian-trixie-amd64-stable-build/);
	});

	inPlace('a second loadbuild does nothing', async (t, place) => {
		const result = await place.run(['loadbuild', '--service', 'keystone', '--json']);
		t.is(result.code, 0, result.err);
		t.like(countsOf(result), {built: 0, failed: 0, blocked: 0});
	});

	inPlace('Ctrl+C leaves no container and no half-written result, and the next run goes on', async (t, place) => {
		const label = `stx-broken-off-${engine}`;
		const nap = `sleep 15.${engineNames.indexOf(engine)}`;
		const file = path.join(place.folder, 'broken-off.stable_docker_image');
		await writeFile(file, `BUILDER=loci\nLABEL=${label}\nPROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES="python-barbicanclient"\nCUSTOMIZATION="${nap}; : ${path.basename(place.folder)}"\n`);
		const result = await place.run(['images', '--directive', file], {interruptAt: /CUSTOMIZATION|start +build stx-broken-off/});
		t.is(result.code, 130, result.err);
		t.false((await place.images()).includes(`${place.user}/${label}`));
		t.deepEqual((await runningCommands()).filter(line => line.includes(nap)), [], 'nothing runs on');
		t.false((await readFile('/proc/mounts', 'utf8')).includes(label));
		const again = await place.run(['images', '--directive', file]);
		t.is(again.code, 0, again.err);
	});

	return inPlace;
}
