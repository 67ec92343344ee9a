import test from 'ava';
import {parseModuleSource} from '../../../../src/images/update/parse-module-source.js';
import {parseUpdateFile} from '../../../../src/images/update/parse-update-file.js';
import {problemsOf, thrownBy} from '../../../_helpers/failure.js';

test('an update file is read, and what is in it is not run', t => {
	const asked = parseUpdateFile('# Fixes.\nFROM=u/a:x.0\nIMAGE_UPDATE_VER=08\nWHEELS="a.whl \\\n  wheels/*.whl"\nCUSTOMIZATION_SCRIPT=fix.sh\nMODULE_SRC=\'src|1.0 https://example.com/b|main\'\n', '/updates/fix.update');
	t.is(asked.from, 'u/a:x.0');
	t.is(asked.updateVersion, 8);
	t.deepEqual(asked.wheels.map(({text, folder, at}) => [text, folder, at]), [['a.whl', '/updates', {file: '/updates/fix.update', line: 4}], ['wheels/*.whl', '/updates', {file: '/updates/fix.update', line: 4}]]);
	t.is(asked.customize?.text, 'fix.sh');
	t.deepEqual(asked.modules.map(({text}) => text), ['src|1.0', 'https://example.com/b|main']);
	t.deepEqual(asked.packages, []);
	const run = problemsOf(thrownBy(() => parseUpdateFile('FROM=$(id)\nFORM=a\n', 'x')));
	t.deepEqual(run.map(({code}) => code), ['STX0601', 'STX0642']);
	t.regex(run[0]!.hint!, /^update files are not run/v);
});

test('all that is wrong with an update file is told', t => {
	const error = thrownBy(() => parseUpdateFile('FORM=a\nFROM=a\nFROM=b\nIMAGE_UPDATE_VER=1.2\nCUSTOMIZATION_SCRIPT="a b"\n', 'fix.update'));
	t.deepEqual(problemsOf(error).map(({message}) => message), [
		'`FORM` is not a key of an update file', '`FROM` is given twice', '`1.2` is not the number of an update', '`CUSTOMIZATION_SCRIPT` has more than one word',
	]);
});

const module = (text: string) => parseModuleSource({text, folder: '/here'});

test('modules are in folders or in repositories', t => {
	t.deepEqual(module('src'), {folder: '/here/src', version: undefined});
	t.deepEqual(module('/src|1.0'), {folder: '/src', version: '1.0'});
	t.deepEqual(module('https://example.com/a.git'), {url: 'https://example.com/a.git', ref: 'HEAD', version: undefined});
	t.deepEqual(module('https://example.com/a|main'), {url: 'https://example.com/a', ref: 'main', version: undefined});
	t.deepEqual(module('https://example.com/a||1.0'), {url: 'https://example.com/a', ref: 'HEAD', version: '1.0'});
	for (const text of ['', '|1', 'a|1|2', 'https://example.com/a|b|c|d']) {
		t.is(thrownBy(() => module(text)).code, 'STX0642', text);
	}
});
