/** Which pages of docs/ are made from the code, and their text. */
import {createCli} from '../src/cli.js';
import {errorCodes} from '../src/errors.js';
import {settingNames, settingTable} from '../src/workspace/index.js';
import {formatCliReference, formatErrorReference} from './reference.js';

/** @returns the text of each page, by its name in docs/ */
export function generatePages(): ReadonlyMap<string, string> {
	return new Map([
		['cli.md', formatCliReference(createCli().definitions({colored: false}), settingNames.map(name => settingTable[name].option))],
		['errors.md', formatErrorReference(errorCodes)],
	]);
}
