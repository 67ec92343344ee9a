/** A bootstrap that is interrupted. */
import {readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {bootstrapRoot} from '../../src/base/bootstrap-root.js';
import {formatSuites, planSuites} from '../../src/base/plan-bootstrap.js';
import {withTemporaryFolder} from '../../src/system/index.js';
import {hostArch, run} from '../_helpers/engines.js';
import {fakeRunner} from '../_helpers/fake-runner.js';
import {needs} from '../_helpers/needs.js';

const mirror = 'http://deb.debian.org/debian';

test.serial('without root mmdebstrap is told to end, as nobody else can remove its chroot', async t => {
	const isRoot = process.geteuid!() === 0;
	if (isRoot) {
		process.seteuid!(65_534);
		t.teardown(() => {
			process.seteuid!(0);
		});
	}

	await withTemporaryFolder('bootstrap-test', async folder => {
		const fake = fakeRunner([
			{
				match: 'apt-get update',
				effect: async () => writeFile(path.join(folder, 'apt/var/lib/apt/lists/deb_InRelease'), 'Codename: trixie\nDate: Sat, 12 Sep 2026 07:55:41 UTC\n'),
			},
			{match: /^mmdebstrap /v, interrupted: true},
		]);
		await t.throwsAsync(bootstrapRoot({
			codename: 'trixie', arch: hostArch, sources: [`deb ${mirror} trixie main`], packages: [],
		}, {
			run: fake.run, folder, surroundings: {}, options: {},
		}), {code: 'STX0003'});
		fake.done();
		t.is(fake.commands[1]?.killSignal, undefined);
	});
});

test('leaves no process and no mount, and its folder can be removed', async t => {
	if (!needs(t, 'mmdebstrap') || !needs(t, {root: true})) {
		return;
	}

	const interruption = new AbortController();
	const seen: string[] = [];
	let place = '';
	await withTemporaryFolder('bootstrap-test', async folder => {
		place = folder;
		const bootstrap = bootstrapRoot({
			codename: 'trixie',
			arch: hostArch,
			sources: formatSuites(planSuites({codename: 'trixie', mirror, securityMirror: 'http://deb.debian.org/debian-security'})),
			packages: [],
		}, {
			run,
			folder,
			surroundings: {},
			options: {
				signal: interruption.signal,
				onLine(line) {
					seen.push(line);
					if (line.includes('installing essential packages')) {
						interruption.abort();
					}
				},
			},
		});
		await t.throwsAsync(bootstrap, {code: 'STX0003'}, seen.join('\n'));
	}, '/var/tmp');
	t.notRegex(await readFile('/proc/self/mounts', 'utf8'), new RegExp(place, 'v'));
	const left = await readdir(path.dirname(place));
	t.false(left.includes(path.basename(place)));
	for (const id of await readdir('/proc')) {
		const line = /^\d+$/v.test(id) ? await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '') : '';
		t.false(line.includes(place), line);
	}
});
