import {mkdir, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {run as runHost} from '../../_helpers/engines.js';
import {testMainLine} from '../../_helpers/main-line.js';

const inPlace = testMainLine(test, 'docker');

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

inPlace('placement needs no change to code', async (t, place) => {
	const result = await place.run(['images', '--service', 'placement']);
	t.is(result.code, 0, result.err);
	const {verify: {checks}} = await place.record('stx-placement');
	t.true(checks.some(({check, status}) => check.includes('GET /') && status === 'passed'));
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
