import test from 'ava';
import {parseBaseConfig} from '../../../src/base/parse-base-config.js';
import {BuildError} from '../../../src/errors.js';

test('key=value lines, with comments and several repositories', t => {
	t.deepEqual(parseBaseConfig('# of the mirror\n\nversion=1.2\n  user = starlingx\nregistry=registry.example.org/\nrepo=deb http://a.example.org/?x=1 trixie main\nrepo=deb http://b.example.org trixie main\n', 'base.cfg'), {
		version: '1.2',
		user: 'starlingx',
		registry: 'registry.example.org/',
		repos: [
			{line: 'deb http://a.example.org/?x=1 trixie main', from: 'base.cfg:6', at: {file: 'base.cfg', line: 6}},
			{line: 'deb http://b.example.org trixie main', from: 'base.cfg:7', at: {file: 'base.cfg', line: 7}},
		],
	});
});

test('W74: what a file says and nobody understands is an error with its line, not passed over', t => {
	const error = t.throws(() => parseBaseConfig('version=1\nversion=2\nlatest=yes\nnothing\n', 'base.cfg'), {instanceOf: BuildError, code: 'STX0002'});
	t.deepEqual(error?.problems.map(({code, at}) => [code, 'file' in at[0]! ? at[0].line : undefined]), [['STX0506', 2], ['STX0506', 3], ['STX0506', 4]]);
});
