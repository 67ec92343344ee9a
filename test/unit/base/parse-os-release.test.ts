import test from 'ava';
import {parseOsRelease} from '../../../src/base/parse-os-release.js';

test('values with and without quotes', t => {
	const found = parseOsRelease('PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_CODENAME=trixie\nID=\'debian\'\n# comment\n\n');
	t.deepEqual([...found], [['PRETTY_NAME', 'Debian GNU/Linux 13 (trixie)'], ['VERSION_CODENAME', 'trixie'], ['ID', 'debian']]);
	t.is(parseOsRelease('').size, 0);
});
