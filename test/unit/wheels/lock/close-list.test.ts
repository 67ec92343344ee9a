import test from 'ava';
import {
	createTarget, normalizeName, parseConstraints, type NormalizedName,
} from '../../../../src/python/index.js';
import {findUnclosed, trimToList} from '../../../../src/wheels/lock/close-list.js';
import type {LockedPackage} from '../../../../src/wheels/lock/lock.js';
import {requiredIn} from '../../../../src/wheels/lock/parse-uv.js';
import type {Listed} from '../../../../src/wheels/lock/read-listed.js';

const target = createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'});
const file = {filename: 'a', url: 'https://example.com/a', sha256: 'a'.repeat(64)};
/** By name: the version, and what it requires. */
type Wheels = Readonly<Record<string, readonly [version: string, ...requires: string[]]>>;
const listedOf = (wheels: Wheels): ReadonlyMap<NormalizedName, Listed> => new Map(Object.entries(wheels).map(([text, [version, ...requires]]) => {
	const name = normalizeName(text);
	return [name, {
		standIn: {
			name, version, requires, extras: [],
		}, source: {kind: 'wheel', file},
	}];
}));
const unclosed = (wheels: Wheels, constraints: string) => Object.fromEntries(findUnclosed(listedOf(wheels), {modules: [], constraints: parseConstraints(constraints, 'uc'), target}));

test('a listed wheel that asks for another version than there is', t => {
	t.deepEqual(unclosed({
		openshift: ['0.8', 'kubernetes<9', 'other'], above: ['1', 'OpenShift'], top: ['1', 'above'], fine: ['1', 'kubernetes>=9', 'listed==2'], listed: ['2'], old: ['1', 'listed<2'],
	}, 'kubernetes===35.0.0\n'), {
		openshift: 'asks for `kubernetes<9`, and `kubernetes` is 35.0.0',
		above: 'asks for `OpenShift`, which asks for `kubernetes<9`, and `kubernetes` is 35.0.0',
		top: 'asks for `above`, which asks for `OpenShift`, which asks for `kubernetes<9`, and `kubernetes` is 35.0.0',
		old: 'asks for `listed<2`, and `listed` is 2',
	});
});

test('requirements of other targets and of extras do not count, and neither do constraints that leave a choice', t => {
	t.deepEqual(unclosed({a: ['1', 'b<1; python_version<"3"', 'b<1; extra=="x"', 'c<1', 'd<1']}, 'b===2\nc>=1\n'), {});
});

test('wheels that need each other and one that is not closed', t => {
	t.deepEqual(Object.keys(unclosed({a: ['1', 'b'], b: ['1', 'a', 'c<1']}, 'c===2\n')), ['b', 'a']);
});

const item = (name: string, ...dependencies: readonly string[]): LockedPackage => ({
	name: normalizeName(name), version: '1', dependencies: dependencies.map(text => normalizeName(text)), source: {kind: 'wheel', file},
});
const names = (...texts: readonly string[]): ReadonlySet<NormalizedName> => new Set(texts.map(text => normalizeName(text)));

test('what would have to be built for the list alone goes, with what only it needs', t => {
	const packages = [item('listed', 'between', 'plain'), item('between', 'built'), item('built', 'under'), item('under'), item('plain'), item('other', 'plain'), item('image', 'shared'), item('shared')];
	const trimmed = trimToList({
		packages, asked: ['image>=1', 'absent'], listed: names('listed', 'other'), unlistedBuilds: names('built', 'shared'),
	});
	t.deepEqual(trimmed.packages.map(({name, dependencies}) => [name, ...dependencies]) as unknown, [['listed'], ['plain'], ['other', 'plain'], ['image', 'shared'], ['shared']]);
	t.deepEqual([...trimmed.unclosed] as unknown, [['listed', 'needs `built`, of which there is no wheel and which is not listed']]);
	// An image that needs it has it built.
	t.deepEqual(trimToList({
		packages, asked: ['listed'], listed: names('listed'), unlistedBuilds: names('built'),
	}).packages.map(({name}) => name) as unknown, ['listed', 'between', 'built', 'under', 'plain']);
});

test('whom uv says that somebody asks for', t => {
	t.deepEqual(requiredIn('Because a==1 depends on b<2, we can conclude that a==1 cannot be used.\nAnd because you require c.d>=1,<2 and e and f==2, we can conclude that your requirements are unsatisfiable.') as unknown, ['c-d', 'e', 'f']);
	t.deepEqual(requiredIn('nothing of the kind'), []);
});
