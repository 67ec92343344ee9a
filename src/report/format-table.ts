/** Rows of texts in columns. Pure. */

/** @returns lines whose columns are as wide as their widest text; the last one is not filled up. */
export function formatTable(rows: ReadonlyArray<readonly string[]>, head?: readonly string[]): string {
	const all = head ? [head, ...rows] : rows;
	const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map(row => row[column]!.length)));
	return all.map(row => row.map((text, column) => column === row.length - 1 ? text : text.padEnd(widths[column]!)).join('  ').trimEnd()).join('\n');
}

/** @returns short texts below and beside each other, read line by line, in columns of one width and lines of at most `width`. */
export function formatColumns(texts: readonly string[], width = 100): string {
	const column = Math.max(0, ...texts.map(text => text.length)) + 2;
	const count = Math.max(1, Math.floor((width + 2) / column));
	const rows = Array.from({length: Math.ceil(texts.length / count)}, (_, row) => texts.slice(row * count, (row + 1) * count));
	return rows.map(row => row.map(text => text.padEnd(column)).join('').trimEnd()).join('\n');
}
