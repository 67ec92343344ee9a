import test from 'ava';
import fc from 'fast-check';
import {maskAddress, maskSecrets} from '../../../src/mask-secrets.js';
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
	['`bob:secret@proxy:3128`', '`***@proxy:3128`'],
	['--proxy=bob:secret@10.0.0.1:3128', '--proxy=***@10.0.0.1:3128'],
	['(bob:s@cret@host)', '(***@host)'],
	['bob:secret@host/x|main|1', '***@host/x|main|1'],
	['git@bob:secret@host/x', 'git@***@host/x'],
	['http://bob:pa#ss@proxy', 'http://***@proxy'],
	['http://bob:pa/ss@proxy', 'http://***@proxy'],
	['http://bob:p/a@s#s@proxy', 'http://***@proxy'],
	['http://bob:p@ss#word@proxy', 'http://***@proxy'],
	['http://bob:123/4@proxy:1', 'http://bob:123/4@proxy:1'],
	['`http://bob:pa ss@proxy` and `me@example.org`', '`http://***@proxy` and `me@example.org`'],
	['https://u:tok en@pypi/simple', 'https://***@pypi/simple'],
	['http://bob:se#cret@h/x.tar', 'http://***@h/x.tar'],
	['git@github.com:x/y', 'git@github.com:x/y'],
	['git@github.com:x/y@v1.0', 'git@github.com:x/y@v1.0'],
	['git@github.com:y.git@main', 'git@github.com:y.git@main'],
	['demo @ https://example.org/demo.whl', 'demo @ https://example.org/demo.whl'],
	['demo@https://example.org/demo.whl', 'demo@https://example.org/demo.whl'],
	['pkg@1.2', 'pkg@1.2'],
	['npm:pkg@1.2', 'npm:pkg@1.2'],
	['mailto:me@example.org', 'mailto:me@example.org'],
	['hint: ask me@example.org', 'hint: ask me@example.org'],
	[`debian:trixie@sha256:${'a'.repeat(64)}`, `debian:trixie@sha256:${'a'.repeat(64)}`],
	['localhost:5000/team/x@sha256:aa', 'localhost:5000/team/x@sha256:aa'],
	['git+https://example.org:8443/x.git@1.0', 'git+https://example.org:8443/x.git@1.0'],
	['see http://example.org:8080, or mail me@example.org', 'see http://example.org:8080, or mail me@example.org'],
	['http://[::1]:8080/x@y', 'http://[::1]:8080/x@y'],
	['10:15:00 root@host: done', '10:15:00 root@host: done'],
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

test('no password of an address without a scheme survives, nor one that a URL cannot have', t => {
	const user = fc.stringMatching(/^[a-z][\w.-]{0,8}$/);
	fc.assert(fc.property(user, fc.stringMatching(/^[\w.%~!$&*+,;=@:#?-]{1,20}$/), (name, password) => {
		t.is(maskSecrets(`at \`${name}:${password}@example.org\` now`), 'at `***@example.org` now');
	}));
	fc.assert(fc.property(user, fc.stringMatching(/^[a-zA-Z_][\w.%~!$&*+,;=:#?/ -]{0,20}$/), (name, password) => {
		t.is(maskSecrets(`at \`http://${name}:${password}@example.org/simple\` now`), 'at `http://***@example.org/simple` now');
	}));
	fc.assert(fc.property(user, fc.string(), (name, password) => {
		t.is(maskAddress(`http://${name}:${password}@example.org:80`), 'http://***@example.org:80');
		t.is(maskAddress(`${name}:${password}@example.org:80`).replace(/^[a-z].*:\/\//is, ''), '***@example.org:80');
	}));
});

test('what has no password is left as it is, and what is masked too', t => {
	const word = fc.stringMatching(/^[a-z][\w.-]{0,8}$/);
	const plain = fc.oneof(
		fc.tuple(word, word).map(([user, host]) => `${user}@${host}`),
		fc.tuple(word, word, word).map(([user, host, place]) => `${user}@${host}:${place}/x`),
		fc.tuple(word, fc.nat(65_535), word, word).map(([host, port, place, ref]) => `https://${host}:${port}/${place}@${ref}`),
		fc.tuple(word, fc.nat(99), fc.nat(99)).map(([name, major, minor]) => `${name}:x@${major}.${minor}`),
		word,
	);
	fc.assert(fc.property(fc.array(plain), words => {
		t.is(maskSecrets(words.join(' ')), words.join(' '));
	}));
	fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
		const once = maskSecrets(`${a}:${b}@host http://${a}:${b}@host`);
		t.is(maskSecrets(once), once);
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
