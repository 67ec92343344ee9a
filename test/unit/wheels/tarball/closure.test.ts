import test from 'ava';
import fc from 'fast-check';
import {createTarget, normalizeName} from '../../../../src/python/index.js';
import {closeOver} from '../../../../src/wheels/tarball/closure.js';
import {thrownBy} from '../../../_helpers/failure.js';

const target = createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'});
const members = (wheels: Readonly<Record<string, readonly string[]>>) => new Map(Object.entries(wheels).map(([id, requiresDist]) => {
	const [name, version] = id.split('==') as [string, string];
	return [normalizeName(name), {name, version, requiresDist}];
}));
const close = (wheels: Readonly<Record<string, readonly string[]>>, ...requirements: readonly string[]) => closeOver([{label: 'stx-keystone', requirements, at: {file: 'keystone.ini', line: 3}}], members(wheels), target).get('stx-keystone') as readonly string[];

test('roots, what they need, markers and extras', t => {
	t.deepEqual(close({
		'keystone==30.0.0': ['oslo.policy>=4', 'python-ldap; extra == "ldap"', 'pywin32; sys_platform == "win32"'],
		'oslo.policy==5.0.0': ['PyYAML>=5.1', 'keystone'],
		'PyYAML==6.0.3': [],
		'python-ldap==3.4.5': ['pyasn1'],
		'pyasn1==0.6': [],
		'unused==1': [],
	}, 'keystone==30.0.0', 'Keystone[LDAP]', 'absent; python_version < "3"'), ['keystone', 'oslo-policy', 'pyasn1', 'python-ldap', 'pyyaml']);
});

test('an extra that is asked for later still counts', t => {
	t.deepEqual(close({
		'a==1': ['b', 'c'], 'b==1': ['d; extra == "x"'], 'c==1': ['b[x]'], 'd==1': [],
	}, 'a'), ['a', 'b', 'c', 'd']);
});

test('what is missing is named with the chain that leads to it', t => {
	const error = thrownBy(() => close({
		'keystone==30.0.0': ['oslo.policy>=4'], 'oslo.policy==5.0.0': ['X', 'Y<2'], 'Y==3': [],
	}, 'keystone==30.0.0', 'uwsgi'));
	t.deepEqual(error.problems.map(({code, message, at}) => [code, message, at]), [
		['STX0418', 'the wheels for `stx-keystone` are not complete: no wheel of `uwsgi` (uwsgi)', [{file: 'keystone.ini', line: 3}]],
		['STX0418', 'the wheels for `stx-keystone` are not complete: no wheel of `X` (keystone -> oslo.policy -> X)', [{file: 'keystone.ini', line: 3}]],
		['STX0418', 'the wheels for `stx-keystone` are not complete: `Y<2` is asked for, and the wheels have `Y` 3 (keystone -> oslo.policy -> Y)', [{file: 'keystone.ini', line: 3}]],
	]);
});

test('of a tarball that is taken as it is, nobody is told to make it again', t => {
	const root = {label: 'stx-keystone', requirements: ['uwsgi'], at: {file: 'keystone.ini', line: 3}};
	const closeGiven = (given?: string) => thrownBy(() => closeOver([root], members({}), target, given));
	t.deepEqual([closeGiven('/tmp/own.tar').at, closeGiven('/tmp/own.tar').hint], [
		[root.at, {file: '/tmp/own.tar'}],
		'it is not in the tarball `own.tar`, which is taken as it is: put the wheel in, or take a tarball that has it',
	]);
	t.deepEqual([closeGiven().at, closeGiven().hint], [[root.at], 'make the wheels again with `stx-build wheels`']);
});

test('a closure is closed, and no smaller one holds the roots', t => {
	const names = ['a', 'b', 'c', 'd', 'e'];
	fc.assert(fc.property(fc.dictionary(fc.constantFrom(...names), fc.subarray(names), {noNullPrototype: true}), fc.subarray(names), (graph, roots) => {
		const wheels = Object.fromEntries(names.map(name => [`${name}==1`, graph[name] ?? []]));
		const found = close(wheels, ...roots);
		const reachable = new Set<string>(roots);
		for (const name of reachable) {
			for (const needed of graph[name] ?? []) {
				reachable.add(needed);
			}
		}

		t.deepEqual(found, [...reachable].toSorted());
	}));
});
