import test from 'ava';
import fc from 'fast-check';
import {BuildError} from '../../../src/errors.js';
import {
	compareVersions, filterVersions, formatSpecifiers, parseSpecifiers, satisfies,
} from '../../../src/python/index.js';
import {anySpecifiers, anyVersion} from '../../_helpers/python-arbitraries.js';

const holds = test.macro({
	exec(t, specifier: string, yes: string, no: string) {
		for (const version of yes.split(' ')) {
			t.true(satisfies(version, specifier), `${version} ${specifier}`);
		}

		for (const version of no.split(' ')) {
			t.false(satisfies(version, specifier), `${version} not ${specifier}`);
		}
	},
	title: (_, specifier: string) => `what ${specifier} allows`,
});

test(holds, '==1.0', '1.0 1 1.0.0 1.0+local v1.0', '1.0.post1 1.0a1 1.0.1');
test(holds, '==1.0+local', '1.0+local 1.0+LOCAL', '1.0 1.0+other');
test(holds, '==1.2.*', '1.2 1.2.0 1.2.9 1.2a1 1.2.dev1 1.2.post1 1.2.3+x', '1.20 1.3 1 2!1.2');
test(holds, '!=1.2.*', '1.20 1.3', '1.2 1.2rc1');
test(holds, '~=2.2', '2.2 2.3 2.99.post1', '2.1 3.0 3.0a1');
test(holds, '~=2.2.0', '2.2.0 2.2.5', '2.3 2.1.9');
test(holds, '~=2.2rc1', '2.2rc1 2.2 2.9', '2.2b1 3.0');
test(holds, '<=1.0', '1.0 0.9 1.0+local 1.0rc1', '1.0.post1 1.1');
test(holds, '<1.0', '0.9 0.9.post1', '1.0 1.0rc1 1.0.dev1');
test(holds, '<1.0rc2', '1.0rc1 1.0b5', '1.0rc2 1.0');
test(holds, '>1.0', '1.1 1.0.1 1.1a1', '1.0 1.0.post1 1.0+local 1.0rc1');
test(holds, '>1.0.post1', '1.0.post2 1.1', '1.0.post1 1.0');
test(holds, '>=1.0', '1.0 1.0+local 1.0.post1', '1.0rc1 0.9');
test(holds, '===1.0RC1', '1.0RC1 1.0rc1', '1.0-rc1 1.0c1 1.0');
test(holds, '===anything', 'anything ANYTHING', '1.0 other');
test(holds, '>=1.0, !=1.3.*, <2', '1.0 1.2.9 1.4', '1.3 1.3.1 2.0 2.0rc1');

test('a text that is no version satisfies nothing but the same text', t => {
	t.false(satisfies('weird', '>=0'));
	t.false(satisfies('weird', '===weird,>=0'));
	t.true(satisfies('weird', ''));
});

test('pre-releases are left out of a choice unless named, asked for, or all there is', t => {
	const versions = ['1.0', '1.1rc1', '1.1', '1.2.dev3'];
	t.deepEqual(filterVersions(versions, '>=1.0'), ['1.0', '1.1']);
	t.deepEqual(filterVersions(versions, '>=1.1rc1'), ['1.1rc1', '1.1', '1.2.dev3']);
	t.deepEqual(filterVersions(versions, '>1.1'), ['1.2.dev3']);
	t.deepEqual(filterVersions(versions, '>1.1', {prereleases: false}), []);
	t.deepEqual(filterVersions(versions, '!=1.1', {prereleases: true}), ['1.0', '1.1rc1', '1.2.dev3']);
	t.false(satisfies('2.0a1', '>=1', {prereleases: false}));
	t.true(satisfies('2.0a1', '>=1'));
});

test('what is no specifier is refused', t => {
	for (const text of ['1.0', '=1.0', '>=1.*', '~=1', '~=1.*', '>1.0+local', '==1.0a1.*', '== ', '>=1.0;', '>=1.0 <2', '=>1']) {
		t.throws(() => parseSpecifiers(text), {instanceOf: BuildError, code: 'STX0203'}, text);
	}
});

test('reading what was written changes nothing', t => {
	t.is(formatSpecifiers(parseSpecifiers(' >= 1.0 , <2,, >=1.0')), '<2,>=1.0');
	fc.assert(fc.property(anySpecifiers, anyVersion, (text, version) => {
		const written = formatSpecifiers(parseSpecifiers(text));
		t.is(formatSpecifiers(parseSpecifiers(written)), written);
		t.is(satisfies(version, text), satisfies(version, written));
	}), {numRuns: 500});
});

test('operators agree with one another', t => {
	const plain = anyVersion.filter(text => !text.includes('+'));
	fc.assert(fc.property(anyVersion, plain, (version, bound) => {
		t.not(satisfies(version, `==${bound}`), satisfies(version, `!=${bound}`));
		t.is(satisfies(version, `>=${bound}`), satisfies(version, `>${bound}`) || satisfies(version, `==${bound}`) || compareVersions(version, bound) > 0);
		t.true(!satisfies(version, `<${bound}`) || satisfies(version, `<=${bound}`));
	}), {numRuns: 1000});
});
