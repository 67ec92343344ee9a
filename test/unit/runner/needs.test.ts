import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {findLacks, findProgram, isCi} from '../../_helpers/needs.js';

test('a program is found on the path, and nowhere else', t => {
	t.is(findProgram(path.basename(process.execPath), `/nowhere:${path.dirname(process.execPath)}`), process.execPath);
	t.is(findProgram('no-such-program'), undefined);
	t.is(findProgram('bin', '/usr'), undefined, 'a folder is no program');
});

test('what lacks is told in words', t => {
	t.deepEqual(findLacks({program: ['sh', 'no-such-program', 'nor-this']}), ['the program `no-such-program`', 'the program `nor-this`']);
	t.deepEqual(findLacks({program: 'sh'}), []);
	t.deepEqual(findLacks({}), []);
});

test('CI counts when it is set to something', t => {
	t.true(isCi({CI: 'true'}));
	t.true(isCi({CI: '1'}));
	t.false(isCi({}));
	t.false(isCi({CI: ''}));
	t.false(isCi({CI: 'false'}));
	t.false(isCi({CI: '0'}));
});
