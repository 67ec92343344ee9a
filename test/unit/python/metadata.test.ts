import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import {parseMetadata} from '../../../src/python/index.js';

test('the fields of a METADATA file', t => {
	t.deepEqual(parseMetadata([
		'\uFEFFMetadata-Version: 2.2',
		'Name: oslo.config',
		'version: 9.7.1',
		'Summary: Oslo: a configuration',
		'License: first',
		'        second',
		'  ',
		'        Requires-Dist: not-a-field',
		'Requires-Dist: netaddr>=0.7.18',
		'REQUIRES-DIST: rst2txt>=1.1.0',
		'\t; extra == "rst_generator"',
		'Requires-Python: >=3.9',
		'Provides-Extra: rst_generator',
		'Dynamic: Requires-Dist',
		'',
		'Name: of the description',
	].join('\r\n')), {
		metadataVersion: '2.2',
		name: 'oslo.config',
		version: '9.7.1',
		requiresDist: ['netaddr>=0.7.18', 'rst2txt>=1.1.0 ; extra == "rst_generator"'],
		requiresPython: '>=3.9',
		providesExtra: ['rst_generator'],
		dynamic: ['requires-dist'],
	});
});

test('all that is wrong with metadata is told at once', t => {
	const error = t.throws(() => parseMetadata('Name: a\nName: b\nVersion: one\n', {file: 'METADATA'}), {instanceOf: BuildError});
	t.deepEqual(error?.problems.map(({code, message, at}) => ({code, message, at})), [
		{code: 'STX0207', message: 'the metadata has no field Metadata-Version', at: [{file: 'METADATA'}]},
		{code: 'STX0207', message: 'the metadata has 2 fields Name (`a`, `b`) instead of one', at: [{file: 'METADATA'}]},
		{code: 'STX0207', message: 'the metadata\'s field Version has the value `one`, which it cannot have', at: [{file: 'METADATA'}]},
	]);
	t.is(error?.exitCode, 1);
});
