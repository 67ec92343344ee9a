/** The step image.list, and what is written into StarlingX's lists: under a lock, for several runs may push at once. */
import {readFile} from 'node:fs/promises';
import type {Handler} from '../../plan/index.js';
import {
	exists, isAbsent, readingError, withFileLock, writeWhole,
} from '../../system/index.js';
import type {ImageListInputs} from '../image-steps.js';
import {formatImageList, formatKeptList, isListed} from './format-image-list.js';

/** What a list says; nothing where there is none. @throws BuildError STX0903 for one that is there and cannot be read. */
async function readList(file: string): Promise<string> {
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		if (isAbsent(error)) {
			return '';
		}

		throw readingError(error, file);
	}
}

/** Takes out of the lists what this build does not push. @throws BuildError STX0903, STX0904 */
export function listHandler(): Handler {
	return {
		holds: async () => false,
		async run(step, {signal}) {
			const {lists} = step.inputs as ImageListInputs;
			for (const {file, references} of lists) {
				if (references.length === 0 && !await exists(file)) {
					continue;
				}

				await withFileLock(file, async () => writeWhole(file, formatKeptList(await readList(file), references)), {signal});
			}

			return {files: lists.map(({file}) => file)};
		},
	};
}

/** @throws BuildError STX0903 for a list that cannot be read: it is not begun anew. STX0904 */
export async function noteInList(file: string, pushed: {readonly label: string; readonly reference: string; readonly following: readonly string[]}, signal: AbortSignal): Promise<void> {
	const {label, reference, following} = pushed;
	await withFileLock(file, async () => {
		const list = await readList(file);
		const changed = formatImageList(list, label, reference, following);
		if (changed !== list) {
			await writeWhole(file, changed);
		}
	}, {signal});
}

/** @throws BuildError STX0903 */
export async function isInList(file: string, reference: string): Promise<boolean> {
	return isListed(await readList(file), reference);
}
