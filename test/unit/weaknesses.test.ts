/** What is asked of the tests themselves: each weakness that docs/migration.md calls absent has one, and so has each command. */
import {readFile} from 'node:fs/promises';
import test from 'ava';
import {describeCommands} from '../../src/cli.js';
import {commandsIn, readTestSources, titlesOf} from '../_helpers/test-sources.js';

/** The numbers of a cell as `W40–W45, W71`. */
function numbersOf(cell: string): readonly number[] {
	return cell.split(',').flatMap(part => {
		const [first = 0, last = first] = [...part.matchAll(/W(?<number>\d+)/gv)].map(({groups}) => Number(groups!.number!));
		return Array.from({length: last - first + 1}, (_, index) => first + index);
	});
}

/** The rows of the table of weaknesses: their numbers, and what is there instead. */
async function readTable(): Promise<ReadonlyArray<{readonly numbers: readonly number[]; readonly here: string}>> {
	const text = await readFile(new URL('../../docs/migration.md', import.meta.url), 'utf8');
	const section = text.slice(text.indexOf('## What had to be mended'));
	return [...section.matchAll(/^\| (?<numbers>W\d[^\|]*) \|(?<was>[^\|]*)\|(?<here>[^\|]*)\|$/gmv)].map(({groups}) => ({numbers: numbersOf(groups!.numbers!), here: groups!.here!.trim()}));
}

/** The numbers that titles begin with. */
const numbersOfTitles = (titles: readonly string[]): ReadonlySet<number> => new Set(titles.flatMap(title => /^W(?<number>\d+): /v.exec(title)?.groups?.number ?? []).map(Number));

test('each weakness in docs/migration.md has a test that begins with its number, and each such test has its row', async t => {
	const rows = await readTable();
	const listed = rows.flatMap(({numbers}) => numbers);
	t.true(rows.every(({here}) => here !== ''));
	t.is(new Set(listed).size, listed.length, 'each is there once');
	const sources = await readTestSources();
	const tested = numbersOfTitles(sources.flatMap(({text}) => titlesOf(text)));
	t.deepEqual(listed.filter(number => !tested.has(number)), [], 'without a test');
	t.deepEqual([...tested].filter(number => !listed.includes(number)), [], 'without a row');
});

test('W79: each command of the command line is run by a test', async t => {
	const paths = [...describeCommands().map(({path}) => path), 'completion values'];
	t.true(paths.includes('images') && paths.includes('wheels lint'));
	const sources = await readTestSources();
	const run = new Set(sources.flatMap(({text}) => [...commandsIn(text, paths)]));
	t.deepEqual(paths.filter(path => !run.has(path)), []);
});

test('titles and commands are found in the sources of tests', t => {
	const quoted = ['test(\'W1: one\', t => {', '\ttestEngines(`W23: it\'s ours`, async (t) => {', 'test(\'no number\', t => {', '// test(\'W5: in a comment\', t => {', 'const x = \'W6: no title\';'].join('\n');
	t.deepEqual([...numbersOfTitles(titlesOf(quoted))], [1, 23]);
	t.deepEqual(numbersOf('W40–W42, W71'), [40, 41, 42, 71]);
	const paths = ['wheels', 'wheels lint', 'images'];
	t.deepEqual([...commandsIn('await run(\'wheels\', \'--push\');\nrunCli([\'wheels\', \'lint\', file]);\nfind(\'images\')', paths)], ['wheels', 'wheels lint']);
	t.deepEqual([...commandsIn('run(\'wheel\'); run(\'image\', \'wheels\')', paths)], []);
});
