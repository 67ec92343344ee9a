/** The tables of the benchmarks, and docs/performance.md. Pure. */
import type {Benchmark, Row} from './benchmark.js';
import type {Load, Machine} from './machine.js';

export function formatTable({name, title, about}: Benchmark, rows: readonly Row[], {processes, processors}: Load): string {
	const lines = rows.map(({what, result, beside, limit}) => `| ${what} | ${result} | ${beside ?? ''} | ${limit === undefined ? '' : `${limit.text}: ${limit.isKept ? 'kept' : '**not kept**'}`} |`);
	return `## ${title}

${about}

| what | result | beside | limit |
|---|---|---|---|
${lines.join('\n')}

\`npm run bench -- ${name}\`; load of the machine before it: ${processes.toFixed(1)}${processes > processors ? ', more than it has processors: it was busy with other work, and the seconds are too many' : ''}.
`;
}

export function formatPage({date, facts}: Machine, {repeats, tables}: {readonly repeats: number; readonly tables: readonly string[]}): string {
	return `# Performance

<!-- Written by \`npm run bench\`. -->

Commands that stand beside each other were timed in turn, in the same run: the numbers are medians of ${repeats} rounds, ${repeats * 5} for
starting up. First runs and the memory are measured once. Seconds say little about another machine; the ratios within a
run do.

Measured on ${date}, on this machine:

${facts.map(fact => `- ${fact}`).join('\n')}

To repeat it: \`npm run bench\` writes this page anew. It needs python3 with venv, an engine, and the package index; it leaves
the images of a loadbuild in the engine, and what can be used again in the store.

${tables.join('\n')}`;
}
