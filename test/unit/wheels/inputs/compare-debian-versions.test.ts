import test from 'ava';
import {compareDebianVersions} from '../../../../src/wheels/inputs/compare-debian-versions.js';

const sign = (number: number): number => Math.sign(number);

test('the order of Debian\'s versions', t => {
	const ascending = ['1.0~rc1-1', '1.0-1~stx.1', '1.0-1', '1.0-1.stx.1', '1.0-1.stx.9', '1.0-1.stx.10', '1.0a-1', '1.0+git-1', '1.0.1-1', '1.10-1', '1:0.1-1', '10:0'];
	for (const [index, version] of ascending.entries()) {
		for (const [other, second] of ascending.entries()) {
			t.is(sign(compareDebianVersions(version, second)), sign(index - other), `${version} ${second}`);
		}
	}
});

test('versions that are equal without being the same text', t => {
	for (const [a, b] of [['1.0', '0:1.0'], ['1.0', '1.0-0'], ['1.01', '1.1'], ['1.0-1', '1.0-01']] as const) {
		t.is(compareDebianVersions(a, b), 0, `${a} ${b}`);
	}
});
