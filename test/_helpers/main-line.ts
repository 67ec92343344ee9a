/**
The main job on a real engine and the real package index: from nothing to a verified keystone, and what must not be
possible on the way. The engines do the same, with one store, as two users of one machine would, perhaps at once: what one
looks for has the engine's own name.
*/
import {
	mkdir, readFile, rm, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import type {ExecutionContext, TestFn} from 'ava';
import {engineNames, type EngineName} from '../../src/engine/index.js';
import {run as runHost} from './engines.js';
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

	inPlace('a directive file written on the spot becomes an image', async (t, place) => {
		const file = path.join(place.folder, 'clients.stable_docker_image');
		await writeFile(file, 'BUILDER=loci\nLABEL=stx-clients\nPROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES="python-openstackclient \\\n  python-barbicanclient"\n');
		const result = await place.run(['images', '--directive', file]);
		t.is(result.code, 0, result.err);
		t.regex(await place.images(), /stx-clients:dev-debian-trixie-amd64-stable-build/);
		const {wheels} = await place.record('stx-clients');
		t.true(wheels.some(({name}) => name === 'python-barbicanclient'));
		t.false(wheels.some(({name}) => name === 'keystone'), 'an image has its own wheels, and no others');
	});

	inPlace('an image that does not answer as it should gets no tag, and the exit code is 1', async (t, place) => {
		await mkdir(path.join(place.folder, 'build-config/images'), {recursive: true});
		await writeFile(path.join(place.folder, 'build-config/images/wrong.ini'), [
			'[image]',
			'BUILDER = loci',
			'LABEL = stx-wrong',
			'PROJECT = infra',
			'PROJECT_REPO = nil',
			'PIP_PACKAGES = python-barbicanclient',
			'[verify]',
			'start = exec python3 -m http.server --bind 127.0.0.1 "$PORT"',
			'request = GET /nothing',
			'status = 200',
		].join('\n'));
		const result = await place.run(['images', '--service', 'wrong']);
		await rm(path.join(place.folder, 'build-config/images'), {recursive: true});
		t.is(result.code, 1, result.err);
		t.regex(result.err, /404/);
		t.false((await place.images()).includes(`${place.user}/stx-wrong`));
	});

	inPlace('a wheel taken out of the tarball is missed by name: there is no index to get it from', async (t, place) => {
		const {stdout} = await runHost({argv: ['tar', 'tf', place.tarball]});
		const wheel = stdout.split('\n').find(name => name.startsWith('oslo_policy-'))!;
		const removed = await runHost({argv: ['tar', '--delete', '-f', place.tarball, wheel]});
		t.is(removed.exitCode, 0, removed.stderr);
		const result = await place.run(['images', '--service', 'keystone']);
		t.not(result.code, 0);
		t.regex(result.err, /oslo[._-]policy/);
		t.regex(result.err, /keystone/);

		// What makes wheels makes it whole again.
		const again = await place.run(['loadbuild', '--service', 'keystone']);
		t.is(again.code, 0, again.err);
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
