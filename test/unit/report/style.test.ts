import test from 'ava';
import {chooseFormat, createStyle, wantsColor} from '../../../src/report/index.js';

test('without colour text stays as it is', t => {
	t.is(createStyle(false)('red', 'text'), 'text');
	t.is(createStyle(true)('red', 'text'), '\u001B[31mtext\u001B[39m');
	t.is(createStyle(true)('red', ''), '');
});

test('a terminal gets colours, a pipe does not', t => {
	t.true(wantsColor({TERM: 'xterm-256color'}, true));
	t.false(wantsColor({TERM: 'xterm-256color'}, false));
	t.false(wantsColor({TERM: 'dumb'}, true));
});

test('NO_COLOR is stronger than FORCE_COLOR, and both than what the terminal is', t => {
	t.false(wantsColor({NO_COLOR: '1'}, true));
	t.true(wantsColor({NO_COLOR: ''}, true));
	t.false(wantsColor({NO_COLOR: '1', FORCE_COLOR: '1'}, true));
	t.true(wantsColor({FORCE_COLOR: '1', TERM: 'dumb'}, false));
	t.true(wantsColor({FORCE_COLOR: ''}, false));
	t.false(wantsColor({FORCE_COLOR: '0'}, true));
});

test('the list is for terminals that can redraw, lines are for all else', t => {
	t.is(chooseFormat({TERM: 'xterm'}, true), 'terminal');
	t.is(chooseFormat({TERM: 'dumb'}, true), 'plain');
	t.is(chooseFormat({TERM: 'xterm', CI: 'true'}, true), 'plain');
	t.is(chooseFormat({TERM: 'xterm'}, false), 'plain');
});
