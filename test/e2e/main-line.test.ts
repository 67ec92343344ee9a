/**
The main job on real engines and the real package index: from nothing to a verified keystone, and what must not be
possible on the way. Both engines do the same, with one store, as two users of one machine would.
*/
import {
	readdir, readFile, writeFile, mkdir, rm, open,
} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {engineNames, run as runHost} from '../_helpers/engines.js';
import {needs} from '../_helpers/needs.js';
import {runningCommands} from '../_helpers/running-commands.js';
import {
	countsOf, keptCache, makeUserPlace, type UserPlace,
} from '../_helpers/user-place.js';

const places = new Map<string, Promise<UserPlace>>();

test.after.always(async () => {
	for (const place of places.values()) {
		await (await place).remove();
	}
});

/** Registers a test for both engines, one after the other: they share what they make. */
function onEngines(title: string, body: (t: ExecutionContext, place: UserPlace) => Promise<void>): void {
	for (const engine of engineNames) {
		test.serial(`${engine}: ${title}`, async t => {
			t.timeout(1_200_000);
			if (!needs(t, {engine, program: ['mmdebstrap', 'python3'], root: true})) {
				return;
			}

			const place = places.get(engine) ?? makeUserPlace(engine);
			places.set(engine, place);
			await body(t, await place);
		});
	}
}

onEngines('loadbuild makes a keystone that answers GET /v3', async (t, place) => {
	const result = await place.run(['loadbuild', '--service', 'keystone']);
	t.is(result.code, 0, result.err);
	const {verify: {checks}} = await place.record('stx-keystone');
	t.true(checks.some(({check, status}) => check.includes('GET /v3') && status === 'passed'), JSON.stringify(checks));
	t.true(checks.some(({check}) => check === 'requirements of all distributions'));
	t.regex(await place.images(), /stx-keystone:dev-debian-trixie-amd64-stable-build/);
});

onEngines('a second loadbuild does nothing', async (t, place) => {
	const result = await place.run(['loadbuild', '--service', 'keystone', '--json']);
	t.is(result.code, 0, result.err);
	t.like(countsOf(result), {built: 0, failed: 0, blocked: 0});
});

onEngines('a directive file written on the spot becomes an image', async (t, place) => {
	const file = path.join(place.folder, 'clients.stable_docker_image');
	await writeFile(file, 'BUILDER=loci\nLABEL=stx-clients\nPROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES="python-openstackclient \\\n  python-barbicanclient"\n');
	const result = await place.run(['images', '--directive', file]);
	t.is(result.code, 0, result.err);
	t.regex(await place.images(), /stx-clients:dev-debian-trixie-amd64-stable-build/);
	const {wheels} = await place.record('stx-clients');
	t.true(wheels.some(({name}) => name === 'python-barbicanclient'));
	t.false(wheels.some(({name}) => name === 'keystone'), 'an image has its own wheels, and no others');
});

onEngines('an image that does not answer as it should gets no tag, and the exit code is 1', async (t, place) => {
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
	await rm(path.join(place.folder, 'build-config'), {recursive: true});
	t.is(result.code, 1, result.err);
	t.regex(result.err, /404/);
	t.false((await place.images()).includes(`${place.user}/stx-wrong`));
});

onEngines('a wheel taken out of the tarball is missed by name: there is no index to get it from', async (t, place) => {
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

onEngines('Ctrl+C leaves no container and no half-written result, and the next run goes on', async (t, place) => {
	const file = path.join(place.folder, 'broken-off.stable_docker_image');
	await writeFile(file, `BUILDER=loci\nLABEL=stx-broken-off\nPROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES="python-barbicanclient"\nCUSTOMIZATION="sleep 15; : ${path.basename(place.folder)}"\n`);
	const result = await place.run(['images', '--directive', file], {interruptAt: /CUSTOMIZATION|start +build stx-broken-off/});
	t.is(result.code, 130, result.err);
	t.false((await place.images()).includes(`${place.user}/stx-broken-off`));
	t.deepEqual((await runningCommands()).filter(line => line.includes('sleep 15')), [], 'nothing runs on');
	t.notRegex(await readFile('/proc/mounts', 'utf8'), /stx-broken-off/);
	const again = await place.run(['images', '--directive', file]);
	t.is(again.code, 0, again.err);
});

test.serial('placement needs no change to code', async t => {
	t.timeout(1_200_000);
	if (!needs(t, {engine: 'buildah', program: 'mmdebstrap', root: true})) {
		return;
	}

	const place = await (places.get('buildah') ?? makeUserPlace('buildah'));
	const result = await place.run(['images', '--service', 'placement']);
	t.is(result.code, 0, result.err);
	const {verify: {checks}} = await place.record('stx-placement');
	t.true(checks.some(({check, status}) => check.includes('GET /') && status === 'passed'));
});

test.serial('a flipped byte in a stored wheel is found before it is used', async t => {
	t.timeout(600_000);
	if (!needs(t, {engine: 'buildah', root: true})) {
		return;
	}

	const place = await (places.get('buildah') ?? makeUserPlace('buildah'));
	const {wheels} = await place.record('stx-clients');
	const wheel = wheels.find(({name}) => name === 'python-barbicanclient')!;
	const stored = await findContent(wheel.digest);
	const handle = await open(stored, 'r+');
	const {buffer} = await handle.read(new Uint8Array(1), 0, 1, 1000);
	await handle.write(new Uint8Array([255 - buffer[0]!]), 0, 1, 1000);
	await handle.close();

	const file = path.join(place.folder, 'flipped.stable_docker_image');
	await writeFile(file, `BUILDER=loci\nLABEL=stx-flipped\nPROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES="python-barbicanclient"\nCUSTOMIZATION=": ${path.basename(place.folder)}"\n`);
	const result = await place.run(['images', '--directive', file]);
	t.is(result.code, 1, result.err);
	t.regex(result.err, /STX0906/);
	t.true(result.err.includes(wheel.digest), result.err);
	t.false((await place.images()).includes(`${place.user}/stx-flipped`));

	const again = await place.run(['images', '--directive', file]);
	t.is(again.code, 0, `the next run fetches it anew\n${again.err}`);
});

/** The file in the store that holds some content. */
async function findContent(digest: string): Promise<string> {
	const hex = digest.slice('sha256:'.length);
	const names = await readdir(keptCache, {recursive: true});
	const found = names.find(name => name.replaceAll('/', '').endsWith(hex));
	if (found === undefined) {
		throw new Error(`the store has no ${digest}`);
	}

	return path.join(keptCache, found);
}
