/**
`npm run bench`: measures whole commands beside others of the same kind, in one run, and writes docs/performance.md.

With names it measures only those and prints the tables: `npm run bench -- help memory`. `--repeats N` (default 5) says
how often each is timed. `--starlingx FOLDER` is a checkout of starlingx/root: its own tools are measured beside ours.
*/
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import type {Benchmark, BenchContext, Tools} from './benchmark.js';
import {downloads} from './downloads.js';
import {formatPage, formatTable} from './format-page.js';
import {help} from './help.js';
import {describeMachine, loadNow} from './machine.js';
import {lock} from './lock.js';
import {memory} from './memory.js';
import {sdistBuild} from './sdist-build.js';
import {secondLoadbuild} from './second-loadbuild.js';
import {starlingxImages} from './starlingx-images.js';
import {starlingxList} from './starlingx-list.js';
import {tarball} from './tarball.js';
import {makePackage, makeTools} from './tools.js';

const benchmarks: readonly Benchmark[] = [help, secondLoadbuild, sdistBuild, lock, downloads, tarball, memory, starlingxImages, starlingxList];
const project = fileURLToPath(new URL('..', import.meta.url));

const say = (text: string): void => {
	process.stderr.write(`${text}\n`);
};

/** Runs one benchmark in a folder of its own. One that fails has a line that says so, and the others go on. */
async function measure(benchmark: Benchmark, context: Omit<BenchContext, 'scratch' | 'say'>): Promise<{readonly table: string; readonly isGood: boolean}> {
	const scratch = await mkdtemp(path.join(tmpdir(), `stx-build-bench-${benchmark.name}-`));
	try {
		const load = loadNow();
		const rows = await benchmark.run({
			...context, scratch, say(text) {
				say(`${benchmark.name}: ${text}`);
			},
		});
		return {table: formatTable(benchmark, rows, load), isGood: rows.every(({limit}) => limit?.isKept ?? true)};
	} catch (error) {
		say(`${benchmark.name}: ${error instanceof Error ? error.message : String(error)}`);
		return {table: `## ${benchmark.title}\n\nNot measured: it failed.\n`, isGood: false};
	} finally {
		await rm(scratch, {recursive: true, force: true});
	}
}

async function main(argv: readonly string[]): Promise<number> {
	const {values, positionals: names} = parseArgs({args: [...argv], options: {repeats: {type: 'string', default: '5'}, starlingx: {type: 'string'}}, allowPositionals: true});
	const unknown = names.find(name => !benchmarks.some(benchmark => benchmark.name === name));
	const repeats = Number(values.repeats);
	if (unknown !== undefined || !Number.isInteger(repeats) || repeats < 1) {
		say(unknown === undefined ? '--repeats takes a whole number' : `there is no benchmark \`${unknown}\`; there are ${benchmarks.map(({name}) => name).join(', ')}`);
		return 2;
	}

	const shared = await mkdtemp(path.join(tmpdir(), 'stx-build-bench-'));
	try {
		say('compiling');
		const stxBuild = await makePackage(project, path.join(shared, 'package'));
		let made: Promise<Tools> | undefined;
		const tools = async (): Promise<Tools> => {
			made ??= makeTools(stxBuild, project, path.join(shared, 'tools'));
			return made;
		};

		const results = [];
		for (const benchmark of benchmarks.filter(({name}) => names.length === 0 || names.includes(name))) {
			results.push(await measure(benchmark, {
				project, stxBuild, tools, repeats, starlingx: values.starlingx,
			}));
		}

		const tables = results.map(({table}) => table);
		process.stdout.write(`${tables.join('\n')}`);
		if (names.length === 0) {
			await writeFile(path.join(project, 'docs', 'performance.md'), formatPage(await describeMachine(stxBuild, await tools()), {repeats, tables}));
		}

		return results.every(({isGood}) => isGood) ? 0 : 1;
	} finally {
		await rm(shared, {recursive: true, force: true});
	}
}

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	say(error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
}
