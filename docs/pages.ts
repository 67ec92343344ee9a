/** Which pages of docs/ are made from the code, and their text. */
import {describeCommands} from '../src/cli.js';
import {errorCodes} from '../src/errors.js';
import {formatCliReference, formatErrorReference} from './reference.js';

/** @returns the text of each page, by its name in docs/ */
export function generatePages(): ReadonlyMap<string, string> {
	return new Map([
		['cli.md', formatCliReference(describeCommands())],
		['errors.md', formatErrorReference(errorCodes)],
	]);
}
