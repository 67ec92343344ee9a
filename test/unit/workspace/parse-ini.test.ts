import test from 'ava';
import fc from 'fast-check';
import {BuildError} from '../../../src/errors.js';
import {parseIni} from '../../../src/workspace/index.js';

const value = (text: string, key = 'key', section = '') => parseIni(text, 'a.ini').sections.get(section)?.keys.get(key)?.value;

test('a value is taken whole', t => {
	t.is(value('key = http://x/simple#frag'), 'http://x/simple#frag');
	t.is(value('key = a;b ; c'), 'a;b ; c');
	t.is(value(String.raw`key = a\b`), String.raw`a\b`);
	t.is(value('key = a = b'), 'a = b');
});

test('values stay texts', t => {
	t.is(value('key = true'), 'true');
	t.is(value('key = 042'), '042');
	t.is(value('key = null'), 'null');
	t.is(value('key ='), '');
});

test('a quoted value keeps what is inside the quotes', t => {
	t.is(value('key = " a # b "'), ' a # b ');
	t.is(value('key = \'a # b\''), 'a # b');
});

test('section names with dots do not nest', t => {
	t.is(value('[debian.trixie]\nkey = 1', 'key', 'debian.trixie'), '1');
});

test('repeated `key[]` lines are a list', t => {
	t.deepEqual(value('key[] = a\nkey[] = b'), ['a', 'b']);
});

test('each key knows its line', t => {
	const {sections} = parseIni('# head\n\n[a]\n; note\nx = 1\r\ny = 2', 'a.ini');
	t.is(sections.get('a')?.line, 3);
	t.is(sections.get('a')?.keys.get('x')?.line, 5);
	t.is(sections.get('a')?.keys.get('y')?.line, 6);
});

const refuses = test.macro({
	exec(t, text: string, ...expected: ReadonlyArray<[code: string, line: number]>) {
		const error = t.throws(() => parseIni(text, 'a.ini'), {instanceOf: BuildError});
		const problems = error.problems.length > 0 ? error.problems : [error];
		t.deepEqual(problems.map(problem => [problem.code, (problem.at[0] as {line: number}).line]), expected as unknown as Array<[typeof problems[number]['code'], number]>);
	},
	title: (name = '') => `refuses ${name}`,
});

test('a doubled key', refuses, 'key = 1\nkey = 2', ['STX0103', 2]);
test('a doubled section', refuses, '[a]\nx = 1\n[a]\ny = 2', ['STX0103', 3]);
test('a key that is both a text and a list', refuses, 'key = 1\nkey[] = 2', ['STX0103', 2]);
test('a line that is no assignment', refuses, 'word', ['STX0101', 1]);
test('an open header', refuses, '[a\nx = 1', ['STX0101', 1]);
test('a comment behind a value', refuses, 'key = 1 # one', ['STX0101', 1]);
test('a quotation that does not end', refuses, 'key = "a', ['STX0101', 1]);
test('several faults, all at once', refuses, 'word\nkey = 1\nkey = 2\n[x', ['STX0101', 1], ['STX0103', 3], ['STX0101', 4]);

test('any value without quotes and comment marks comes back as it was written', t => {
	fc.assert(fc.property(fc.string({unit: 'grapheme-ascii'}).map(text => text.trim()).filter(text => !/^["']|\s#/v.test(text)), text => value(`key = ${text}`) === text));
	t.pass();
});
