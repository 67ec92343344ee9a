/** The tables of the benchmarks, and docs/performance.md. Pure. */
import type {Benchmark, Row} from './benchmark.js';
import type {Machine} from './machine.js';

/** @param load how busy the machine was when the benchmark began. */
export function formatTable({name, title, about}: Benchmark, rows: readonly Row[], load: number): string {
	const lines = rows.map(({what, result, beside, limit}) => `| ${what} | ${result} | ${beside ?? ''} | ${limit === undefined ? '' : `${limit.text}: ${limit.isKept ? 'kept' : '**not kept**'}`} |`);
	return `## ${title}

${about}

| what | result | beside | limit |
|---|---|---|---|
${lines.join('\n')}

\`npm run bench -- ${name}\`; load of the machine before it: ${load.toFixed(1)}.
`;
}

export function formatPage({date, facts}: Machine, {repeats, tables}: {readonly repeats: number; readonly tables: readonly string[]}): string {
	return `# Performance

<!-- Written by \`npm run bench\`. -->

Each number is the median of ${repeats} rounds. What stands beside it was measured in the same run, in turn with it. Seconds say
little about another machine; the ratios within a run do. A load well above the number of processors means that the
machine had other work, and that seconds are too many.

Measured on ${date}, on this machine:

${facts.map(fact => `- ${fact}`).join('\n')}

To repeat it: \`npm run bench\` writes this page anew. It needs python3 with venv, an engine, and the package index; it leaves
the images of a loadbuild in the engine, and what can be used again in the store.

${tables.join('\n')}`;
}
