import test from 'ava';
import {renderLockDifference} from '../../../../src/report/index.js';
import {diffLocks} from '../../../../src/wheels/index.js';
import {
	buildIn, fileOf, lockedOf, lockOf, wheelIn,
} from '../../../_helpers/locks.js';

const old = lockOf({
	roots: {'stx-a': ['a', 'b>=1'], modules: []},
	packages: [
		wheelIn('a', '1.0', 'b', 'c'),
		wheelIn('b', '1.0'),
		wheelIn('c', '1'),
		lockedOf('same', '1', {kind: 'sdist', file: fileOf('same-1.tar.gz')}),
		lockedOf('switched', '1', {kind: 'wheel', file: fileOf('switched-1-py3-none-any.whl')}),
	],
	builds: [buildIn('same', '1', 'setuptools==80', 'wheel==0.45', 'pbr==6')],
});
const now = lockOf({
	roots: {'stx-a': ['a', 'b>=2'], modules: []},
	packages: [
		wheelIn('a', '1.1', 'b', 'd'),
		lockedOf('b', '1.0', {kind: 'wheel', file: {...fileOf('b-1.0-py3-none-any.whl', 'f'), size: 1000}}),
		wheelIn('d', '1'),
		lockedOf('same', '1', {kind: 'sdist', file: fileOf('same-1.tar.gz')}),
		lockedOf('switched', '1', {kind: 'sdist', file: fileOf('switched-1.tar.gz')}),
	],
	builds: [buildIn('same', '1', 'setuptools==81', 'wheel==0.45', 'flit==3'), buildIn('switched', '1', 'setuptools==81')],
});

test('what is added, removed and changed, with sources, files, needs, builds and roots', t => {
	const difference = diffLocks(old, now);
	t.deepEqual(difference as unknown, {
		added: [{name: 'd', version: '1', source: 'wheel'}],
		removed: [{name: 'c', version: '1', source: 'wheel'}],
		changed: [
			{
				name: 'a', version: '1.1', changes: {
					version: {old: '1.0', new: '1.1'},
					file: {old: `a-1.0-py3-none-any.whl sha256:${'a'.repeat(64)}`, new: `a-1.1-py3-none-any.whl sha256:${'a'.repeat(64)}`},
					dependencies: {added: ['d'], removed: ['c']},
				},
			},
			{
				name: 'b', version: '1.0', changes: {file: {old: `b-1.0-py3-none-any.whl sha256:${'a'.repeat(64)}`, new: `b-1.0-py3-none-any.whl sha256:${'f'.repeat(64)}`}},
			},
			{
				name: 'switched', version: '1', changes: {
					source: {old: 'wheel', new: 'sdist'},
					file: {old: `switched-1-py3-none-any.whl sha256:${'a'.repeat(64)}`, new: `switched-1.tar.gz sha256:${'a'.repeat(64)}`},
				},
			},
		],
		builds: [
			{
				name: 'same', version: '1', added: [{name: 'flit', version: '3'}], removed: [{name: 'pbr', version: '6'}], changed: [{name: 'setuptools', old: '80', new: '81'}],
			},
			{
				name: 'switched', version: '1', added: [{name: 'setuptools', version: '81'}], removed: [], changed: [],
			},
		],
		roots: [{label: 'stx-a', added: ['b>=2'], removed: ['b>=1']}],
	});
	t.is(renderLockDifference(difference), `added (1)
  d  1  wheel
removed (1)
  c  1  wheel
changed (3)
  a         1.0 -> 1.1; no longer needs c, needs d
  b         1.0; another file: b-1.0-py3-none-any.whl sha256:aaaaaaaaaaaa -> b-1.0-py3-none-any.whl sha256:ffffffffffff
  switched  1; wheel -> sdist
builds in another environment (2)
  same 1      setuptools 80 -> 81, with flit 3, without pbr 6
  switched 1  with setuptools 81
asked for (2)
  stx-a  - b>=1
  stx-a  + b>=2`);
});

test('a lock does not differ from itself', t => {
	t.is(renderLockDifference(diffLocks(old, old)), 'the locks hold the same');
	t.is(renderLockDifference(diffLocks(now, now)), 'the locks hold the same');
});

test('what the address of a file is does not count, its digest does', t => {
	const moved = lockOf({packages: [lockedOf('b', '1.0', {kind: 'wheel', file: {...fileOf('b-1.0-py3-none-any.whl'), url: 'https://mirror.example/b-1.0-py3-none-any.whl'}})]});
	t.deepEqual(diffLocks(lockOf({packages: [wheelIn('b', '1.0')]}), moved).changed, []);
});

test('another commit is another source, and so is another folder', t => {
	const git = (commit: string) => lockOf({
		packages: [lockedOf('g', '1', {
			kind: 'git', url: 'https://opendev.example/g', commit: commit.repeat(40), subfolder: '',
		})],
	});
	t.deepEqual(diffLocks(git('a'), git('b')).changed[0]!.changes, {file: {old: `https://opendev.example/g ${'a'.repeat(40)}`, new: `https://opendev.example/g ${'b'.repeat(40)}`}});
	const folder = (path: string) => lockOf({packages: [lockedOf('m', '1', {kind: 'directory', path})]});
	t.deepEqual(diffLocks(folder('/a'), folder('/b')).changed[0]!.changes, {file: {old: '/a', new: '/b'}});
});
