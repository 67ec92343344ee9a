import test from 'ava';
import fc from 'fast-check';
import {BuildError} from '../../../src/errors.js';
import {
	compareWheels, createTarget, normalizeName, parseSdistFilename, parseWheelFilename, wheelRank,
} from '../../../src/python/index.js';
import {anyName, anyVersion} from '../../_helpers/python-arbitraries.js';

const target = createTarget({python: '3.13.5', glibc: '2.41', arch: 'amd64'});

test('the parts of a wheel\'s file name', t => {
	t.deepEqual(parseWheelFilename('PyYAML-6.0.2-1abc-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl'), {
		filename: 'PyYAML-6.0.2-1abc-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
		name: 'PyYAML',
		normalized: normalizeName('pyyaml'),
		version: '6.0.2',
		build: [1, 'abc'],
		tags: ['cp313-cp313-manylinux_2_17_x86_64', 'cp313-cp313-manylinux2014_x86_64'],
	});
	t.deepEqual(parseWheelFilename('oslo_config-9.7.1-py2.py3-none-any.whl').tags, ['py2-none-any', 'py3-none-any']);
	t.is(parseWheelFilename('a-1.0RC1+local_1-py3-none-any.whl').version, '1.0rc1+local.1');
});

test('what is no wheel\'s file name is refused with the reason', t => {
	const cases: ReadonlyArray<readonly [string, RegExp]> = [
		['a-1.0.tar.gz', /does not end in `\.whl`/],
		['a-1.0.whl', /has 2 parts/],
		['a-1.0-py3-none.whl', /has 4 parts/],
		['a-1-2-3-py3-none-any.whl', /has 7 parts/],
		['a__b-1.0-py3-none-any.whl', /not the name of a distribution/],
		['../a-1.0-py3-none-any.whl', /characters that no file name/],
		['a-one-py3-none-any.whl', /`one` is not a version/],
		['a-1.0-x1-py3-none-any.whl', /build number `x1`/],
		['a-1.0-1/../../b-py3-none-any.whl', /characters that no file name/],
		[String.raw`a-1.0-1\b-py3-none-any.whl`, /characters that no file name/],
		['a-1.0-1\u0000-py3-none-any.whl', /characters that no file name/],
		['a-1.0-py3..py2-none-any.whl', /tags is empty/],
		[`a-1.0-${'a.'.repeat(100)}a-${'a.'.repeat(100)}a-any.whl`, /more than 10{4} tags/],
	];
	for (const [filename, message] of cases) {
		t.throws(() => parseWheelFilename(filename, {file: 'wheels.cfg', line: 7}), {instanceOf: BuildError, code: 'STX0206', message}, filename);
	}
});

test('which wheels a target can install, and which best', t => {
	const rank = (tags: string) => wheelRank(parseWheelFilename(`a-1.0-${tags}.whl`), target);
	for (const tags of ['cp312-cp312-manylinux2014_x86_64', 'cp313-cp313-manylinux_2_17_aarch64', 'pp310-pypy310_pp73-manylinux_2_17_x86_64', 'py2-none-any', 'cp313-cp313t-linux_x86_64', 'cp314-abi3-linux_x86_64', 'cp313-cp313-manylinux_2_42_x86_64', 'py3-none-win_amd64']) {
		t.is(rank(tags), undefined, tags);
	}

	const better = ['cp313-cp313-manylinux_2_28_x86_64', 'cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64', 'cp313-cp313-linux_x86_64', 'cp39-abi3-manylinux_2_28_x86_64', 'py3-none-manylinux2014_x86_64', 'py2.py3-none-any'].map(tags => rank(tags)!);
	t.deepEqual(better, better.toSorted((a, b) => a - b));
	t.is(better[0], target.tags.indexOf('cp313-cp313-manylinux_2_28_x86_64'));
});

test('wheels are chosen by version, then tag, then build', t => {
	const names = ['a-2.0-py3-none-any.whl', 'a-1.0-cp313-cp313-linux_x86_64.whl', 'a-1.0-10-py3-none-any.whl', 'a-1.0-9b-py3-none-any.whl', 'a-1.0-9a-py3-none-any.whl', 'a-1.0-py3-none-any.whl', 'a-3.0-py2-none-any.whl'];
	const wheels = names.map(name => parseWheelFilename(name));
	t.deepEqual(wheels.toReversed().toSorted((a, b) => compareWheels(a, b, target)).map(({filename}) => filename), names);
});

test('the version in the file name of an sdist', t => {
	const version = (filename: string, name: string) => parseSdistFilename(filename, normalizeName(name))?.version;
	t.is(version('oslo_config-9.7.1.tar.gz', 'oslo.config'), '9.7.1');
	t.is(version('oslo.config-9.7.1.zip', 'oslo-config'), '9.7.1');
	t.is(version('python-ldap-3.4.4.tar.gz', 'python-ldap'), '3.4.4');
	t.is(version('zope.interface-5.0-1.tgz', 'zope-interface'), '5.0.post1');
	t.is(version('a-1.0RC1.tar.bz2', 'a'), '1.0rc1');
	t.is(version('python-ldap-3.4.4.tar.gz', 'python'), undefined);
	t.is(version('a-1.0.whl', 'a'), undefined);
	t.is(version('a-1.0.exe', 'a'), undefined);
	t.is(version('a.tar.gz', 'a'), undefined);
	t.is(version('a-docs.tar.gz', 'a'), undefined);
});

test('any sdist\'s version is found by its name', t => {
	fc.assert(fc.property(anyName, anyVersion, (name, version) => {
		t.deepEqual(parseSdistFilename(`${name}-${version}.tar.gz`, normalizeName(name)), parseSdistFilename(`${normalizeName(name)}-${version}.zip`, normalizeName(name)));
		t.truthy(parseSdistFilename(`${name}-${version}.tar.gz`, normalizeName(name)));
	}));
});
