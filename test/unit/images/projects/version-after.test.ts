import test from 'ava';
import fc from 'fast-check';
import {versionAfter} from '../../../../src/images/projects/version-after.js';
import {compareVersions, tryParseVersion} from '../../../../src/python/index.js';

for (const [tag, distance, version] of [
	['29.0.2', 0, '29.0.2'],
	['v1.4', 0, '1.4'],
	['29.0.2', 7, '29.0.3.dev7'],
	['v1.4', 3, '1.4.1.dev3'],
	['30.0.0.0rc1', 0, '30.0.0.0rc1'],
	['30.0.0.0rc1', 2, '30.0.0.0rc2.dev2'],
	['30.0.0rc1', 2, '30.0.0.0rc2.dev2'],
	['2023.1', 1, '2023.1.1.dev1'],
	['0-something', 4, '0.0.1.dev4'],
] as const) {
	test(`${distance} commits after ${tag} is ${version}`, t => {
		t.is(versionAfter({tag, distance}), version);
	});
}

test('without a tag it is pbr\'s first version', t => {
	t.is(versionAfter(undefined), '0.0.1.dev1');
});

test('a later commit is a later version, and before the next release', t => {
	t.notThrows(() => {
		fc.assert(fc.property(fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50)), fc.nat({max: 500}), ([major, minor, patch], distance) => {
			const tag = `${major}.${minor}.${patch}`;
			const now = versionAfter({tag, distance});
			const later = versionAfter({tag, distance: distance + 1});
			return tryParseVersion(now) !== undefined && compareVersions(now, later) < 0 && compareVersions(later, `${major}.${minor}.${patch + 1}`) < 0;
		}));
	});
});
