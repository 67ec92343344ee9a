import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import {parseRequirement} from '../../../src/python/index.js';

test('every part of a requirement', t => {
	const {marker, ...rest} = parseRequirement('  Foo.Bar [Test, x_y] (>= 1.0, !=1.3.*,<2) ; python_version >= "3.9"  ');
	t.deepEqual(rest, {
		text: 'Foo.Bar [Test, x_y] (>= 1.0, !=1.3.*,<2) ; python_version >= "3.9"',
		name: 'Foo.Bar',
		normalized: 'foo-bar' as typeof rest.normalized,
		extras: ['Test', 'x_y'],
		specifier: '!=1.3.*,<2,>=1.0',
	});
	t.deepEqual(marker, {
		type: 'comparison', variable: 'python_version', operator: '>=', value: '3.9', reversed: false,
	});
});

test('a name alone, an empty list of extras, a comma too many', t => {
	t.is(parseRequirement('foo').specifier, '');
	t.deepEqual(parseRequirement('foo[]').extras, []);
	t.is(parseRequirement('foo()').specifier, '');
	t.is(parseRequirement('foo>=1,').specifier, '>=1');
});

test('a URL goes on to the next blank', t => {
	const {url, marker} = parseRequirement('foo[a] @ https://example.com/foo.zip#sha256=00;x ; os_name == "nt"');
	t.is(url, 'https://example.com/foo.zip#sha256=00;x');
	t.is(marker?.type, 'comparison');
	t.is(parseRequirement('foo@git+https://example.com/foo.git@main').url, 'git+https://example.com/foo.git@main');
});

test('what is no requirement is refused, saying what was expected and where', t => {
	const cases: ReadonlyArray<readonly [string, RegExp]> = [
		['', /the name of a distribution expected at column 1, found the end/],
		['>=1', /the name of a distribution/],
		['foo bar', /a version specifier or `;` expected at column 5, found `bar`/],
		['foo>=1 <2', /`,` or `;` expected at column 8, found `<2`/],
		['foo>=1.*', /`,` or `;` expected at column 7/],
		['foo=1', /column 4/],
		['foo[a', /`,` or `]` expected at column 6/],
		['foo[a b]', /`,` or `]` expected/],
		['foo[a,]', /the name of an extra expected/],
		['foo(>=1', /`,` or `\)` expected/],
		['foo @', /a URL expected/],
		['foo @ https://example.com/a b', /`;` expected/],
		['foo; python_version', /a comparison expected/],
		['foo-', /column 4/],
	];
	for (const [text, message] of cases) {
		const error = t.throws<BuildError>(() => parseRequirement(text, {file: 'f', line: 1}), {instanceOf: BuildError, code: 'STX0204', message}, text);
		t.regex(error.hint!, /the form is/, text);
	}
});

test('a password in a URL is not shown', t => {
	const error = t.throws(() => parseRequirement('foo @ https://user:pass@word@example.com/a b'), {instanceOf: BuildError});
	t.false(error?.message.includes('pass'));
	t.false(error?.message.includes('word@'));
	t.true(error?.message.includes('https://***@example.com/a'));
});
