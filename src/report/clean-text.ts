import {stripVTControlCharacters} from 'node:util';
import {maskSecrets} from '../mask-secrets.js';

/** Text as it may be shown: without secrets, and without control characters other than the ends of lines. */
export function cleanText(text: string): string {
	return maskSecrets(stripVTControlCharacters(text))
		.replaceAll('\r\n', '\n')
		.replaceAll('\t', '    ')
		// eslint-disable-next-line no-control-regex -- they are what is to go.
		.replaceAll(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/g, ' ');
}

/** The first line that is not empty, as it may be shown, with runs of blanks as one. */
export function cleanLine(text: string): string {
	return cleanText(text).split('\n').map(line => line.trim().replaceAll(/ +/g, ' ')).find(line => line !== '') ?? '';
}

/** Cuts a line to a number of columns; the codes for colours in it take none. */
export function truncateLine(line: string, columns: number): string {
	if (stripVTControlCharacters(line).length <= columns) {
		return line;
	}

	let left = Math.max(0, columns - 1);
	// eslint-disable-next-line no-control-regex -- the codes for colours begin with it.
	const parts = line.split(/(?<code>\u001B\[[\d;]*m)/).map((part, index) => {
		if (index % 2 === 1) {
			return part;
		}

		const kept = part.slice(0, left);
		left -= kept.length;
		return kept;
	});
	return `${parts.join('')}…`;
}
