/** Where a key of a TOML file is written, for messages. Pure. */

/** A word, or a text in quotes. */
const keyPattern = String.raw`(?:[\w\-]+|"(?:[^"\\]|\\.)*"|'[^']*')`;
const header = new RegExp(String.raw`^\s*(?:\[\[(?<list>${keyPattern}(?:\s*\.\s*${keyPattern})*)\]\]|\[(?<table>${keyPattern}(?:\s*\.\s*${keyPattern})*)\])\s*(?:#.*)?$`, 'v');
const assignment = new RegExp(String.raw`^\s*(?<key>${keyPattern}(?:\s*\.\s*${keyPattern})*)\s*=`, 'v');

const keysOf = (text: string): readonly string[] => [...text.matchAll(new RegExp(keyPattern, 'gv'))].map(([key]) => {
	const isText = key.startsWith('"') || key.startsWith('\'');
	return isText ? key.slice(1, -1) : key;
});

/**
The line, from 1, of the key that a path leads to; else that of the nearest key or table above it that has a line.

@param path keys, and indices of lists.
@returns undefined when nothing of it is written in a line of its own.
*/
export function findTomlLine(text: string, path: readonly PropertyKey[]): number | undefined {
	const wanted = path.map(String);
	const counts = new Map<string, number>();
	let table: readonly string[] = [];
	let best: {readonly line: number; readonly depth: number} | undefined;
	const offer = (found: readonly string[], line: number): void => {
		if (found.length > (best?.depth ?? 0) && found.every((key, index) => key === wanted[index])) {
			best = {line, depth: found.length};
		}
	};

	for (const [index, line] of text.split(/\r?\n/v).entries()) {
		const {list, table: single} = header.exec(line)?.groups ?? {};
		const key = assignment.exec(line)?.groups?.key;
		if (list !== undefined) {
			const count = counts.get(list) ?? 0;
			counts.set(list, count + 1);
			table = [...keysOf(list), String(count)];
			offer(table, index + 1);
		} else if (single !== undefined) {
			table = keysOf(single);
			offer(table, index + 1);
		} else if (key !== undefined) {
			offer([...table, ...keysOf(key)], index + 1);
		}
	}

	return best?.line;
}
