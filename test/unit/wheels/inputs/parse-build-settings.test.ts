import test from 'ava';
import fc from 'fast-check';
import {parseBuildSettings} from '../../../../src/wheels/inputs/parse-build-settings.js';
import {parseDuration, parseMemory} from '../../../../src/wheels/inputs/parse-quantity.js';
import {problemsOf, thrownBy} from '../../../_helpers/failure.js';

test('all that can be said of a build', t => {
	const found = parseBuildSettings([
		'[Cassandra_Driver]',
		'build-requires = cython>=3.0, pbr',
		'patch[] = patches/one.patch',
		'patch[] = /abs/two.patch ; >=3.29,<3.30',
		'system-packages = libev-dev libssl-dev, libev-dev',
		'weight = all',
		'memory = 2 GiB',
		'disk = 800 MiB',
		'timeout = 90 min',
		'env[] = CONCURRENCY={processors}',
		'reason = it is slow',
		'[small]',
		'weight = 3',
		'reason = so',
	].join('\n'), '/config/wheels/build-settings.ini');
	t.deepEqual([...found.values()] as unknown, [
		{
			name: 'cassandra-driver',
			buildRequires: ['cython>=3.0', 'pbr'],
			requires: [],
			unconstrained: [],
			env: {CONCURRENCY: '{processors}'},
			patches: [
				{file: '/config/wheels/patches/one.patch', at: {file: '/config/wheels/build-settings.ini', line: 3}},
				{file: '/abs/two.patch', versions: '>=3.29,<3.30', at: {file: '/config/wheels/build-settings.ini', line: 3}},
			],
			systemPackages: ['libev-dev', 'libssl-dev'],
			processors: 'all',
			memory: 2048,
			disk: 800,
			timeoutSeconds: 5400,
			reason: 'it is slow',
			at: {file: '/config/wheels/build-settings.ini', line: 1},
		},
		{
			name: 'small', buildRequires: [], requires: [], unconstrained: [], env: {}, processors: 3, reason: 'so', at: {file: '/config/wheels/build-settings.ini', line: 12},
		},
	]);
});

test('all that is wrong with them, at once', t => {
	const error = thrownBy(() => parseBuildSettings([
		'[a]',
		'weight = many',
		'memory = 2',
		'disk = 1 TiB',
		'timeout = soon',
		'system-packages = libev-dev --force-yes',
		'patch[] = x.patch ; >=',
		'reason = so',
		'[b]',
		'patch[] = x.patch ; >=1 ; y',
		'weight = 0',
		'reason = so',
	].join('\n'), 'build-settings.ini'));
	t.deepEqual(problemsOf(error).map(({code, message, at}) => [code, message, (at[0] as {line: number}).line]), [
		['STX0203', problemsOf(error)[0]!.message, 7],
		['STX0406', '`--force-yes` is not the name of a Debian package', 6],
		['STX0406', '`weight` is `many`, and takes a number of processors, or `all`', 2],
		['STX0406', '`memory` is `2`, and takes an amount as `800 MiB` or `2 GiB`', 3],
		['STX0406', '`disk` is `1 TiB`, and takes an amount as `800 MiB` or `20 GiB`', 4],
		['STX0406', '`timeout` is `soon`, and takes a time as `90 s`, `20 min` or `2 h`', 5],
		['STX0406', '`x.patch ; >=1 ; y` is not a patch', 10],
		['STX0406', '`weight` is `0`, and takes a number of processors, or `all`', 11],
	]);
});

test('amounts', t => {
	t.deepEqual(['1 MiB', '512MiB', '2 GiB'].map(text => parseMemory(text)), [1, 512, 2048]);
	t.deepEqual(['1 s', '20min', '2 h'].map(text => parseDuration(text)), [1, 1200, 7200]);
	fc.assert(fc.property(fc.string(), text => {
		t.true([parseMemory(text), parseDuration(text)].every(amount => amount === undefined || (Number.isSafeInteger(amount) && amount > 0)));
	}));
	for (const text of ['', '0 s', '-1 s', '1.5 h', '1 d', '1 GB', 'toString', '1 constructor']) {
		t.deepEqual([parseMemory(text), parseDuration(text)], [undefined, undefined], text);
	}
});
