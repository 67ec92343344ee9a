/** Rows of texts in columns. Pure. */

/** @returns lines whose columns are as wide as their widest text; the last one is not filled up. */
export function formatTable(rows: ReadonlyArray<readonly string[]>, head?: readonly string[]): string {
	const all = head ? [head, ...rows] : rows;
	const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map(row => row[column]!.length)));
	return all.map(row => row.map((text, column) => column === row.length - 1 ? text : text.padEnd(widths[column]!)).join('  ').trimEnd()).join('\n');
}
