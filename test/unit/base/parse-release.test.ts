import {createHash} from 'node:crypto';
import test from 'ava';
import {parseAptNote, parseRelease, releaseSeconds} from '../../../src/base/parse-release.js';

const release = `-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Origin: Debian
Suite: stable-security
Codename: trixie-security
Date: Wed, 18 Nov 2026 22:17:43 UTC
Description: Debian 13 - Security Updates
SHA256:
 26ce960ef9ae5c2dd6c407b134524ec06e213bdc976c15c76415931a2a3b2aea 1000 main/binary-amd64/Packages
`;

test('a release file: its codename, its date, the digest of its bytes', t => {
	t.deepEqual(parseRelease(release, 'InRelease'), {
		suite: 'trixie-security',
		date: '2026-11-18T22:17:43.000Z',
		digest: `sha256:${createHash('sha256').update(release).digest('hex')}`,
	});
});

test('what is no release file', t => {
	t.throws(() => parseRelease('<html>not found</html>', 'InRelease'), {code: 'STX0502', message: /`InRelease` is not a Debian release file/v});
	t.throws(() => parseRelease('Codename: trixie\nDate: soon\n', 'InRelease'), {code: 'STX0502'});
});

const digest = 'f6'.repeat(32);

test('the note in an image', t => {
	const note = `${digest}|trixie-updates|Thu, 19 Nov 2026 02:12:54 UTC\n${digest}|trixie|Sat, 12 Sep 2026 07:55:41 UTC\n`;
	const states = parseAptNote(note, 'apt-state');
	t.deepEqual(states, [
		{suite: 'trixie', date: '2026-09-12T07:55:41.000Z', digest: `sha256:${digest}`},
		{suite: 'trixie-updates', date: '2026-11-19T02:12:54.000Z', digest: `sha256:${digest}`},
	]);
	t.is(releaseSeconds(states), Date.UTC(2026, 10, 19, 2, 12, 54) / 1000);
	t.deepEqual(parseAptNote('', 'apt-state'), []);
	t.throws(() => parseAptNote('abc|trixie|now\n', 'apt-state'), {code: 'STX0502'});
});
