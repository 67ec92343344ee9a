import test from 'ava';
import {wantsColor} from '../../src/wants-color.js';

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
