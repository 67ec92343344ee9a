import test from 'ava';
import {BuildError} from '../../../../src/errors.js';
import {parsePackageTable, selectPackages} from '../../../../src/images/dialects/parse-package-table.js';

const table = parsePackageTable([
	'# packages',
	'always',
	'also []',
	'fluent-logger   [fluent]  # logs',
	'either [a b]',
	'both [(a b)]',
	'pairs [(a b) (c d)]',
	'without [!a]',
	'old [nova !trixie]',
	'',
].join('\n'), 'pydep.txt');

for (const [profiles, names] of [
	[[], ['always', 'also', 'without']],
	[['fluent'], ['always', 'also', 'fluent-logger', 'without']],
	[['a'], ['always', 'also', 'either']],
	[['b', 'a'], ['always', 'also', 'either', 'both', 'pairs']],
	[['c', 'd'], ['always', 'also', 'pairs', 'without']],
	[['nova'], ['always', 'also', 'without', 'old']],
	[['nova', 'trixie'], ['always', 'also', 'without']],
] as const) {
	test(`the profiles ${profiles.join(', ') || 'of none'}`, t => {
		t.deepEqual(selectPackages(table, profiles), names);
	});
}

test('lines of another form are errors, all of them', t => {
	const error = t.throws(() => parsePackageTable('a b\nc [d\ne\n', 'pydep.txt'), {instanceOf: BuildError});
	t.deepEqual(error.problems.map(({code, at}) => [code, at]), [['STX0608', [{file: 'pydep.txt', line: 1}]], ['STX0608', [{file: 'pydep.txt', line: 2}]]]);
});
