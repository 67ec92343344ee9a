import process from 'node:process';
import {stripVTControlCharacters} from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import {BuildError} from '../../../src/errors.js';
import {errorJson, renderError} from '../../../src/report/index.js';
import {sortProblems} from '../../../src/report/render-error.js';

test('what, where and what to do', t => {
	const error = new BuildError('STX0103', '`PROJECT` is given twice', {at: {file: 'images/keystone.ini', line: 7}, hint: 'keep one of the two'});
	t.is(renderError(error), [
		'error STX0103 `PROJECT` is given twice',
		'  at images/keystone.ini:7',
		'hint: keep one of the two',
		'',
	].join('\n'));
});

test('a file without line, a URL, several places, no place', t => {
	t.is(renderError(new BuildError('STX0903', 'gone', {at: [{file: 'a.ini'}, {url: 'https://user:pass@pypi.org/simple/'}]})), 'error STX0903 gone\n  at a.ini\n  at https://***@pypi.org/simple/\n');
	t.is(renderError(new BuildError('STX0003', 'interrupted')), 'error STX0003 interrupted\n');
});

test('a message of several lines is indented below its first', t => {
	t.is(renderError(new BuildError('STX0902', '`uv` ended with exit code 1\ngcc: error\n\nlast\n')), 'error STX0902 `uv` ended with exit code 1\n  gcc: error\n\n  last\n');
});

test('causes follow, nearest first, without what was said already', t => {
	const root = new Error('connect ECONNREFUSED 127.0.0.1:443');
	const middle = new BuildError('STX0903', 'the index cannot be read', {cause: new Error('the index cannot be read', {cause: root})});
	t.is(renderError(new BuildError('STX0902', 'the lock failed', {cause: middle})), [
		'error STX0902 the lock failed',
		'  because STX0903 the index cannot be read',
		'  because connect ECONNREFUSED 127.0.0.1:443',
		'',
	].join('\n'));
	t.is(renderError(new BuildError('STX0902', 'failed', {cause: 'a string\nof two lines'})), 'error STX0902 failed\n  because a string\n    of two lines\n');
});

test('a circle of causes ends', t => {
	const error = new Error('a');
	error.cause = new Error('b', {cause: error});
	t.is(renderError(new BuildError('STX0902', 'x', {cause: error})), 'error STX0902 x\n  because a\n  because b\n');
});

test('several problems come sorted by file and line', t => {
	const problem = (file: string, line: number) => new BuildError('STX0104', `${file} ${line}`, {at: {file, line}});
	const error = new BuildError('STX0002', '4 errors', {problems: [problem('b', 2), problem('a', 10), problem('a', 9), new BuildError('STX0101', 'nowhere')]});
	t.is(renderError(error), [
		'error STX0101 nowhere',
		'',
		'error STX0104 a 9',
		'  at a:9',
		'',
		'error STX0104 a 10',
		'  at a:10',
		'',
		'error STX0104 b 2',
		'  at b:2',
		'',
		'4 errors',
		'',
	].join('\n'));
});

test('sorting loses no problem, and the order in which they were found does not count', t => {
	const arbitraryProblem = fc.record({file: fc.constantFrom('a', 'b', 'c'), line: fc.integer({min: 1, max: 30})});
	fc.assert(fc.property(fc.uniqueArray(arbitraryProblem, {selector: ({file, line}) => `${file}:${line}`}), places => {
		const problems = places.map(at => new BuildError('STX0104', 'x', {at}));
		const sorted = sortProblems(problems);
		t.true(sortProblems(problems.toReversed()).every((problem, index) => problem === sorted[index]));
		t.is(sorted.length, problems.length);
	}));
});

test('what is not a BuildError is a bug, with its stack and all that a report of it needs', t => {
	const text = renderError(new TypeError('x is not a function', {cause: new Error('https://a:b@c/ broke')}), {version: '1.2.3'});
	t.regex(text, /^error this is a bug in stx-build: TypeError: x is not a function\n {2}at .*render-error\.test\.ts/);
	t.true(text.includes('because https://***@c/ broke'));
	t.true(text.includes(`stx-build 1.2.3, Node ${process.version}`));
	t.regex(text, /hint: report it .*\n$/);
	t.true(renderError('a string').startsWith('error this is a bug in stx-build: Error: thrown: a string\n'));
	t.true(renderError(undefined).includes('thrown: undefined'));
});

test('the steps in which it happened are named, but not all of many', t => {
	const error = new BuildError('STX0902', 'x');
	t.is(renderError(error, {during: ['build a', 'build b']}), 'error STX0902 x\n  in build a, build b\n');
	t.is(renderError(error, {during: ['a', 'b', 'c', 'd', 'e']}), 'error STX0902 x\n  in a, b, c and 2 more\n');
});

test('colours change nothing but colours', t => {
	const error = new BuildError('STX0103', 'x', {at: {file: 'a', line: 1}, hint: 'y', cause: new Error('z')});
	t.not(renderError(error, {color: true}), renderError(error));
	t.is(stripVTControlCharacters(renderError(error, {color: true})), renderError(error));
});

test('nothing that came from outside can move the cursor', t => {
	const error = new BuildError('STX0902', 'evil \u001B[2J\r', {at: {file: 'a\u001B[1A'}, hint: '\u0007', cause: new Error('\u001B]0;x\u0007')});
	// eslint-disable-next-line no-control-regex -- they are what is looked for.
	t.notRegex(renderError(error), /[\u0000-\u0009\u000B-\u001F]/);
});

test('an error as data', t => {
	const problem = new BuildError('STX0104', 'https://a:b@c/ is wrong', {at: [{file: 'a.ini', line: 3}, {url: 'https://a:b@c/'}], hint: 'mend it', cause: new Error('why')});
	const expected = {
		code: 'STX0104', message: 'https://***@c/ is wrong', at: [{file: 'a.ini', line: 3}, {url: 'https://***@c/'}], because: ['why'], hint: 'mend it',
	};
	t.deepEqual(errorJson(problem), expected);
	t.deepEqual(errorJson(new BuildError('STX0002', '2 errors', {problems: [problem, problem]})), {
		code: 'STX0002', message: '2 errors', problems: [expected, expected],
	});
	t.is((errorJson(new TypeError('bug')) as {stack: string}).stack.split('\n')[0], 'TypeError: bug');
});
