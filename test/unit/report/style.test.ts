import test from 'ava';
import {chooseFormat, createStyle} from '../../../src/report/index.js';

test('without colour text stays as it is', t => {
	t.is(createStyle(false)('red', 'text'), 'text');
	t.is(createStyle(true)('red', 'text'), '\u001B[31mtext\u001B[39m');
	t.is(createStyle(true)('red', ''), '');
});

test('the list is for terminals that can redraw, lines are for all else', t => {
	t.is(chooseFormat({TERM: 'xterm'}, true), 'terminal');
	t.is(chooseFormat({TERM: 'dumb'}, true), 'plain');
	t.is(chooseFormat({TERM: 'xterm', CI: 'true'}, true), 'plain');
	t.is(chooseFormat({TERM: 'xterm'}, false), 'plain');
});
