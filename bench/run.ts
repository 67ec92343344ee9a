/**
`npm run bench`: measures whole commands beside others of the same kind, in one run, and writes docs/performance.md.

With names it measures only those and prints the tables: `npm run bench -- help memory`.
*/
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {availableParallelism, tmpdir, totalmem} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import type {Benchmark, Row} from './benchmark.js';
import {downloads} from './downloads.js';
import {help} from './help.js';
import {memory} from './memory.js';
import {sdistBuild} from './sdist-build.js';
import {secondLoadbuild} from './second-loadbuild.js';

const benchmarks: readonly Benchmark[] = [help, secondLoadbuild, sdistBuild, downloads, memory];
const project = fileURLToPath(new URL('..', import.meta.url));

function formatTable({title}: Benchmark, rows: readonly Row[]): string {
	const lines = rows.map(({what, result, beside, limit}) => `| ${what} | ${result} | ${beside ?? ''} | ${limit === undefined ? '' : `${limit.text}: ${limit.isKept ? 'kept' : '**not kept**'}`} |`);
	return `## ${title}\n\n| what | result | beside | limit |\n|---|---|---|---|\n${lines.join('\n')}\n`;
}

/** Runs one benchmark in a folder of its own. One that fails has a line that says so, and the others go on. */
async function measure(benchmark: Benchmark): Promise<{readonly table: string; readonly isGood: boolean}> {
	const scratch = await mkdtemp(path.join(tmpdir(), `stx-build-bench-${benchmark.name}-`));
	try {
		const rows = await benchmark.run({
			project,
			stxBuild: path.join(project, 'bin', 'stx-build'),
			scratch,
			repeats: 5,
			say(text) {
				process.stderr.write(`${benchmark.name}: ${text}\n`);
			},
		});
		return {table: formatTable(benchmark, rows), isGood: rows.every(({limit}) => limit?.isKept ?? true)};
	} catch (error) {
		process.stderr.write(`${benchmark.name}: ${error instanceof Error ? error.message : String(error)}\n`);
		return {table: `## ${benchmark.title}\n\nNot measured: it failed.\n`, isGood: false};
	} finally {
		await rm(scratch, {recursive: true, force: true});
	}
}

async function main(names: readonly string[]): Promise<number> {
	const unknown = names.find(name => !benchmarks.some(benchmark => benchmark.name === name));
	if (unknown !== undefined) {
		process.stderr.write(`there is no benchmark \`${unknown}\`; there are ${benchmarks.map(({name}) => name).join(', ')}\n`);
		return 2;
	}

	const results = [];
	for (const benchmark of benchmarks.filter(({name}) => names.length === 0 || names.includes(name))) {
		results.push(await measure(benchmark));
	}

	const tables = results.map(({table}) => table).join('\n');
	process.stdout.write(tables);
	if (names.length === 0) {
		const machine = `${availableParallelism()} processors, ${(totalmem() / (2 ** 30)).toFixed(0)} GiB, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`;
		await writeFile(path.join(project, 'docs', 'performance.md'), `# Performance\n\n<!-- Written by \`npm run bench\`. -->\n\nMedians of one run, on ${machine}. Times say little about another machine; ratios within a run do.\n\n${tables}`);
	}

	return results.every(({isGood}) => isGood) ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
