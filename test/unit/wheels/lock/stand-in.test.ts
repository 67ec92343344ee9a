import test from 'ava';
import {normalizeName, parseMetadata, parseWheelFilename} from '../../../../src/python/index.js';
import {extrasOf, standInFilename, standInMembers} from '../../../../src/wheels/lock/stand-in.js';

test('a stand-in is a wheel of metadata only', t => {
	const standIn = {
		name: normalizeName('oslo.config'), version: '1.0', requires: ['a>=1', 'b\n;  extra == "x"'], requiresPython: '>=3.9', extras: ['x'],
	};
	const parsed = parseWheelFilename(standInFilename(standIn));
	t.is(parsed.normalized, standIn.name);
	t.deepEqual(parsed.tags, ['py3-none-any']);
	const members = standInMembers(standIn);
	t.deepEqual([...members.keys()], ['oslo_config-1.0.dist-info/METADATA', 'oslo_config-1.0.dist-info/WHEEL', 'oslo_config-1.0.dist-info/RECORD']);
	const metadata = parseMetadata(members.get('oslo_config-1.0.dist-info/METADATA')!);
	t.deepEqual(metadata.requiresDist, ['a>=1', 'b ; extra == "x"']);
	t.is(metadata.requiresPython, '>=3.9');
	t.deepEqual(metadata.providesExtra, ['x']);
});

test('extras are those that markers name', t => {
	t.deepEqual(extrasOf(['a', 'b; extra == "test"', 'c; python_version < "4" and extra==\'docs\'', 'd; extra == "test"']), ['docs', 'test']);
});
