import test from 'ava';
import fc from 'fast-check';
import {
	describePackages, findArchitecture, findTarget, parseDpkgStatus,
} from '../../../src/base/parse-dpkg-status.js';

const status = `Package: python3
Status: install ok installed
Version: 3.13.5-1
Description: interactive high-level language
 Package: not-a-field
 .

Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.41-12+deb13u1

Package: gone
Status: deinstall ok config-files
Version: 1.0

Package: half
Status: install ok half-configured
Version: 1.0

Package: git
Status: install ok installed
Version: 1:2.47.3-0+deb13u1
`;

test('installed packages, and only those', t => {
	t.deepEqual([...parseDpkgStatus(status)], [['python3', '3.13.5-1'], ['libc6', '2.41-12+deb13u1'], ['git', '1:2.47.3-0+deb13u1']]);
});

test('the interpreter and the C library', t => {
	t.deepEqual(findTarget(parseDpkgStatus(status)), {python: '3.13', pythonVersion: '3.13.5', glibc: '2.41'});
});

test('the architecture is that of dpkg itself', t => {
	t.is(findArchitecture('Package: libc6\nArchitecture: i386\n\nPackage: dpkg\nStatus: install ok installed\nArchitecture: amd64\n'), 'amd64');
	t.is(findArchitecture(status), undefined);
});

test('an image without an interpreter is no base', t => {
	t.throws(() => findTarget(new Map([['libc6', '2.41-12']])), {code: 'STX0503', message: 'the base image has no package `python3`'});
});

test('the digest tells sets of packages apart, whatever their order', t => {
	const packages = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom('1', '2')), {selector: ([name]) => name});
	fc.assert(fc.property(packages, packages, (first, second) => {
		const lines = (pairs: typeof first) => pairs.map(pair => pair.join('=')).toSorted().join(' ');
		const same = lines(first) === lines(second);
		t.is(describePackages(new Map(first), []).digest === describePackages(new Map(second), []).digest, same);
		t.is(describePackages(new Map(first), []).digest, describePackages(new Map(first.toReversed()), []).digest);
	}));
	t.is(describePackages(parseDpkgStatus(status), []).packages, 3);
});
