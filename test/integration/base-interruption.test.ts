/** A bootstrap that is interrupted. */
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {bootstrapRoot} from '../../src/base/bootstrap-root.js';
import {formatSuites, planSuites} from '../../src/base/plan-bootstrap.js';
import {withTemporaryFolder} from '../../src/system/index.js';
import {hostArch, run} from '../_helpers/engines.js';
import {needs} from '../_helpers/needs.js';

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
			sources: formatSuites(planSuites({codename: 'trixie', mirror: 'http://deb.debian.org/debian', securityMirror: 'http://deb.debian.org/debian-security'})),
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
