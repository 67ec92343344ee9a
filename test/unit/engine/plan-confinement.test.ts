import test from 'ava';
import {confine} from '../../../src/engine/index.js';

const words = ['prog', 'a b', '$(touch /x)', '; rm'];

test('a confined command ends with all its processes', t => {
	const argv = confine(words, 'host');
	t.deepEqual(argv.slice(-words.length), words);
	t.deepEqual(argv.slice(0, 4), ['setpriv', '--pdeathsig', 'KILL', '--']);
	for (const option of ['--pid', '--fork', '--kill-child', '--mount-proc']) {
		t.true(argv.includes(option));
	}

	t.false(argv.includes('--net'));
	t.false(argv.includes('sh'));
});

test('without network the words stay words: no shell line holds them', t => {
	const argv = confine(words, 'none');
	t.true(argv.includes('--net'));
	t.deepEqual(argv.slice(-words.length), words);
	const script = argv[argv.indexOf('-c') + 1]!;
	t.true(script.endsWith('exec "$@"'));
	t.is(script, confine(['other'], 'none')[argv.indexOf('-c') + 1]!);
});

test('a command that nobody vouches for shares no memory, and gets no rights', t => {
	const argv = confine(words, 'none', {untrusted: true});
	t.true(argv.includes('--ipc'));
	t.is(argv.indexOf('--no-new-privs'), 3);
	t.deepEqual(argv.slice(-words.length), words);
	t.regex(argv[argv.indexOf('-c') + 1]!, /tmpfs \/dev\/shm && exec "\$@"$/v);
	t.false(confine(words, 'none').includes('--ipc'));
	t.true(confine(words, 'host', {untrusted: true}).includes('sh'));
});
