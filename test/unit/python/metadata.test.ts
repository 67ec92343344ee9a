import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import {parseEntryPoints, parseMetadata} from '../../../src/python/index.js';

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

test('console scripts', t => {
	t.deepEqual(parseEntryPoints('\uFEFF# comment\n[console_scripts]\nnova-api = nova.cmd.api:main\n; comment\nA.b=a : b.c [extra]\r\nnova-api = other:main\nplain = module\n\n[gui_scripts]\nwindow = a:b\nno line\n').consoleScripts, [
		{name: 'nova-api', target: 'nova.cmd.api:main'},
		{name: 'A.b', target: 'a:b.c'},
		{name: 'plain', target: 'module'},
	]);
	t.deepEqual(parseEntryPoints('').consoleScripts, []);
});

test('console scripts that cannot be, all at once, with their lines', t => {
	const error = t.throws(() => parseEntryPoints('[console_scripts]\nfine = a:b\n../../etc/cron = a:b\nnothing\nx = a b\n.. = a:b\n', {file: 'entry_points.txt'}), {instanceOf: BuildError});
	t.deepEqual(error?.problems.map(({at}) => at), [3, 4, 5, 6].map(line => [{file: 'entry_points.txt', line}]));
	t.is(error?.problems[0]?.code, 'STX0211');
});
