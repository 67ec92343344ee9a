/** The sources of all tests: what is asked of the tests themselves reads them. */
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

type TestSource = {
	/** Below test/. */
	readonly name: string;
	readonly text: string;
};

const root = fileURLToPath(new URL('..', import.meta.url));

/** The files of tests, and the helpers that register tests for several engines. */
export async function readTestSources(): Promise<readonly TestSource[]> {
	const names = (await readdir(root, {recursive: true})).filter(name => name.endsWith('.ts') && !name.startsWith('fixtures/')).toSorted();
	return Promise.all(names.map(async name => ({name, text: await readFile(path.join(root, name), 'utf8')})));
}

/** The titles of the tests in a text, as they are written: what a template puts in stands there as `${…}`. */
export function titlesOf(text: string): readonly string[] {
	return [...text.matchAll(/^\t*(?:test|testEngines|inPlace)(?:\.serial)?\((?<quote>['`])(?<title>.+?)(?<!\\)\k<quote>,/gmv)].map(({groups}) => groups!.title!);
}

/**
The commands that a text runs: the words that a call begins with, alone or as a list, as in `run('wheels', 'lint')` and
`runCli(['wheels', 'lint', …])`.

@param paths of all commands, with a blank between their words. Of several that fit the longest counts.
*/
export function commandsIn(text: string, paths: readonly string[]): ReadonlySet<string> {
	const calls = [...text.matchAll(/\brun(?:Cli)?\(\[?(?<words>(?:'[a-z][\-a-z]*'(?:,\s*)?)+)/gv)];
	return new Set(calls.flatMap(({groups}) => {
		const words = [...groups!.words!.matchAll(/'(?<word>[^']+)'/gv)].map(found => found.groups!.word!);
		const fitting = paths.filter(path => path.split(' ').every((word, index) => words[index] === word));
		return fitting.toSorted((a, b) => b.length - a.length).slice(0, 1);
	}));
}
