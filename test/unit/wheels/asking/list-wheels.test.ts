import test from 'ava';
import {listWheels} from '../../../../src/wheels/index.js';
import {thrownBy} from '../../../_helpers/failure.js';
import {
	fileOf, lockedOf, lockOf, wheelIn,
} from '../../../_helpers/locks.js';

const lock = lockOf({
	roots: {
		'stx-keystone': ['keystone==30.0.0'], 'stx-glance': ['glance', 'pywin32; sys_platform == "win32"'], modules: ['api-proxy'], 'wheel-list': [],
	},
	packages: [
		lockedOf('api-proxy', '1.0', {kind: 'directory', path: '/src/api-proxy'}),
		lockedOf('from-git', '2', {
			kind: 'git', url: 'https://opendev.example/from-git', commit: 'c'.repeat(40), subfolder: '',
		}),
		lockedOf('glance', '32', {kind: 'sdist', file: fileOf('glance-32.tar.gz')}, 'oslo-config', 'from-git'),
		wheelIn('keystone', '30.0.0', 'oslo-config'),
		wheelIn('oslo-config', '10'),
	],
});

test('each distribution with its source and who needs it', t => {
	t.deepEqual(listWheels(lock) as unknown, [
		{
			name: 'api-proxy', version: '1.0', source: 'module', size: null, labels: ['modules'],
		},
		{
			name: 'from-git', version: '2', source: 'git', size: null, labels: ['stx-glance'],
		},
		{
			name: 'glance', version: '32', source: 'sdist', size: null, labels: ['stx-glance'],
		},
		{
			name: 'keystone', version: '30.0.0', source: 'wheel', size: 1000, labels: ['stx-keystone'],
		},
		{
			name: 'oslo-config', version: '10', source: 'wheel', size: 1000, labels: ['stx-glance', 'stx-keystone'],
		},
	]);
});

test('labels are chosen by name, with and without stx-, and by glob', t => {
	const names = (...chosen: readonly string[]) => listWheels(lock, chosen).map(({name}) => name as string);
	t.deepEqual(names('keystone'), ['keystone', 'oslo-config']);
	t.deepEqual(names('stx-keystone', 'modules'), ['api-proxy', 'keystone', 'oslo-config']);
	t.is(names('stx-*').length, 4);
});

test('a label that the lock does not know is an error that names those it knows', t => {
	const error = thrownBy(() => listWheels(lock, ['nova']));
	t.is(error.code, 'STX0606');
	t.is(error.hint, 'it knows `stx-keystone`, `stx-glance`');
});
