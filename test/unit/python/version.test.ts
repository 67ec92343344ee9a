import {compare} from '@renovatebot/pep440';
import test from 'ava';
import fc from 'fast-check';
import {BuildError} from '../../../src/errors.js';
import {
	canonicalVersion, compareVersions, isPrerelease, parseVersion, tryParseVersion,
} from '../../../src/python/index.js';
import {anyVersion} from '../../_helpers/python-arbitraries.js';

test('the order of PEP 440', t => {
	const ordered = [
		'1.0.dev456',
		'1.0a1',
		'1.0a2.dev456',
		'1.0a12.dev456',
		'1.0a12',
		'1.0b1.dev456',
		'1.0b2',
		'1.0b2.post345.dev456',
		'1.0b2.post345',
		'1.0rc1.dev456',
		'1.0rc1',
		'1.0',
		'1.0+abc.5',
		'1.0+abc.7',
		'1.0+5',
		'1.0+5.1',
		'1.0.post456.dev34',
		'1.0.post456',
		'1.0.15',
		'1.1.dev1',
		'1!0.1',
	];
	t.deepEqual([...ordered].toReversed().toSorted(compareVersions), ordered);
});

test('spellings of one version are equal', t => {
	for (const [a, b] of [['1.0', '1.0.0'], ['1.0', 'v1'], ['1.0rc1', '1.0-C.1'], ['1.0.post1', '1.0-1'], ['1.0a', '1.0alpha0'], ['1.0+UBUNTU-1', '1.0+ubuntu.1'], [' 1.0 ', '1.0']]) {
		t.is(compareVersions(a!, b!), 0, `${a} ${b}`);
	}
});

test('parts of a local version that look like JavaScript numbers are words', t => {
	t.true(compareVersions('1.0+1e5', '1.0+1') < 0);
	t.not(compareVersions('1.0+0x10', '1.0+16'), 0);
	t.is(canonicalVersion('1.0+1E5'), '1.0+1e5');
});

test('numbers of any length are exact', t => {
	t.true(compareVersions('1.20240101123456789', '1.20240101123456790') < 0);
	t.true(compareVersions('1.20240101123456789', '1.2') > 0);
	t.is(canonicalVersion('1.20240101123456789'), '1.20240101123456789');
	t.is(compareVersions('20240101123456789', '020240101123456789.0'), 0);
});

test('the normal spelling', t => {
	t.is(canonicalVersion('v1.0-RC1'), '1.0rc1');
	t.is(canonicalVersion('1!01.0-1.DEV+Local_2'), '1!1.0.post1.dev0+local.2');
	t.is(canonicalVersion('2024.10.0'), '2024.10.0');
});

test('pre-releases', t => {
	t.true(isPrerelease('1.0a1'));
	t.true(isPrerelease('1.0.post1.dev2'));
	t.false(isPrerelease('1.0.post1'));
	t.false(isPrerelease('1.0+dev'));
});

test('what is no version is refused', t => {
	for (const text of ['', '1.', 'latest', '1.0-', '1.0.x', '1.0+', '2.0.dev-r12', '1 .0']) {
		t.is(tryParseVersion(text), undefined, text);
		t.throws(() => parseVersion(text, {file: 'f', line: 1}), {instanceOf: BuildError, code: 'STX0202'});
	}
});

test('the order is total', t => {
	fc.assert(fc.property(anyVersion, anyVersion, anyVersion, (a, b, c) => {
		const sign = (left: string, right: string) => Math.sign(compareVersions(left, right));
		t.is(sign(a, a), 0);
		t.is(sign(a, b) + sign(b, a), 0);
		t.true(sign(a, b) > 0 || sign(b, c) > 0 || sign(a, c) <= 0);
	}), {numRuns: 1000});
});

test('the library has the same order, where it reads local versions and long numbers right', t => {
	const plain = anyVersion.filter(text => !/\+|\d{16}/.test(text));
	fc.assert(fc.property(plain, plain, (a, b) => {
		t.is(Math.sign(compareVersions(a, b)), Math.sign(compare(a, b)));
	}), {numRuns: 1000});
});

test('the normal spelling is equal to the version and has no other normal spelling', t => {
	fc.assert(fc.property(anyVersion, text => {
		const canonical = canonicalVersion(text);
		t.is(compareVersions(text, canonical), 0);
		t.is(canonicalVersion(canonical), canonical);
	}), {numRuns: 1000});
});
