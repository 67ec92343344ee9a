/** Records: what something was made of, as a file beside it. What a registry has of it is written into it as it happens. */
import {readText, writeWhole} from '../system/index.js';
import type {Published} from './publish.js';

export const formatRecord = (record: object): string => `${JSON.stringify(record, undefined, '\t')}\n`;

/**
Tells a record what a registry has, each time it has more: what comes next may fail. Of each name the last word counts.

@throws BuildError STX0903, STX0904, STX0905
*/
export async function notePushed(file: string, pushed: readonly Published[]): Promise<void> {
	const record = JSON.parse(await readText(file)) as {readonly pushed?: ReadonlyArray<Pick<Published, 'reference' | 'digest'>>};
	const others = (record.pushed ?? []).filter(({reference}) => pushed.every(other => other.reference !== reference));
	await writeWhole(file, formatRecord({...record, pushed: [...others, ...pushed.map(({reference, digest}) => ({reference, digest}))]}));
}
