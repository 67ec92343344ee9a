import test from 'ava';
import fc from 'fast-check';
import {maskSecrets} from '../../../src/mask-secrets.js';
import {
	cleanLine, cleanText, truncateLine,
} from '../../../src/report/clean-text.js';

for (const [text, masked] of [
	['https://user:pass@example.org/simple', 'https://***@example.org/simple'],
	['http://token@proxy.example.org:8080', 'http://***@proxy.example.org:8080'],
	['https://user:p@ss:word@example.org/', 'https://***@example.org/'],
	['HTTPS://User:Pass@Example.org', 'HTTPS://***@Example.org'],
	['git+https://user:pass@opendev.org/x.git@1.0', 'git+https://***@opendev.org/x.git@1.0'],
	['git clone ssh://git@example.org/x.git', 'git clone ssh://git@example.org/x.git'],
	['ssh://git:secret@example.org/x.git', 'ssh://***@example.org/x.git'],
	['socks5://me:secret@localhost:1080', 'socks5://***@localhost:1080'],
	['https://example.org/a@b', 'https://example.org/a@b'],
	['https://example.org/?mail=a@b', 'https://example.org/?mail=a@b'],
	['two: https://a:b@c/ and https://d:e@f/', 'two: https://***@c/ and https://***@f/'],
	['--index-url=https://a:b@c', '--index-url=https://***@c'],
	['uwsgi @ file:///wheels/uwsgi.whl', 'uwsgi @ file:///wheels/uwsgi.whl'],
	['mail me@example.org', 'mail me@example.org'],
] as const) {
	test(`secrets are masked: ${text}`, t => {
		t.is(maskSecrets(text), masked);
	});
}

test('no password of a URL survives, whatever it is', t => {
	const word = fc.stringMatching(/^[\w%.~!$&*+,;=@:-]{6,20}$/);
	fc.assert(fc.property(word, word, (user, password) => {
		t.is(maskSecrets(`at https://${user}:${password}@example.org/simple/ now`), 'at https://***@example.org/simple/ now');
	}));
});

test('control characters and colours are taken out, ends of lines stay', t => {
	t.is(cleanText('\u001B[31mred\u001B[0m\u0008a\tb\r\nnext\rline'), 'red a    b\nnext line');
	t.is(cleanText('title: \u001B]0;evil\u0007gone'), 'title: gone');
});

test('clean text has no control character', t => {
	fc.assert(fc.property(fc.string({unit: 'binary'}), text => {
		// eslint-disable-next-line no-control-regex -- they are what is looked for.
		t.notRegex(cleanText(text), /[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
	}));
});

test('of several lines the first that says something is taken', t => {
	t.is(cleanLine('\n  \n  Setting   up libc6\nmore'), 'Setting up libc6');
	t.is(cleanLine(''), '');
});

test('a line is cut to columns; colours do not count', t => {
	t.is(truncateLine('abcdef', 6), 'abcdef');
	t.is(truncateLine('abcdef', 5), 'abcd…');
	t.is(truncateLine('\u001B[31mabc\u001B[39mdef', 6), '\u001B[31mabc\u001B[39mdef');
	t.is(truncateLine('\u001B[31mabc\u001B[39mdef', 3), '\u001B[31mab\u001B[39m…');
});
