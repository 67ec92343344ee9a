/** Records: what something was made of, as a file beside it. What a registry has of it is written into it as it happens. */
import {readFile} from 'node:fs/promises';
import {readText, writeWhole} from '../system/index.js';
import type {Published} from './publish.js';

export const formatRecord = (record: object): string => `${JSON.stringify(record, undefined, '\t')}\n`;

/** What is read of a record. */
type KeptRecord = {readonly image?: string; readonly tags?: readonly string[]; readonly pushed?: ReadonlyArray<Pick<Published, 'reference' | 'digest'>>};

/** @returns undefined where there is none, or one that is not as it was written. */
export async function readRecord(file: string): Promise<KeptRecord | undefined> {
	try {
		const text = await readFile(file, 'utf8');
		const record = JSON.parse(text) as object;
		return formatRecord(record) === text ? record : undefined;
	} catch {
		return undefined;
	}
}

/**
Tells a record what a registry has, each time it has more: what comes next may fail. Of each name the last word counts.

@throws BuildError STX0903, STX0904, STX0905
*/
export async function notePushed(file: string, pushed: readonly Published[]): Promise<void> {
	const record = JSON.parse(await readText(file)) as KeptRecord;
	const others = (record.pushed ?? []).filter(({reference}) => pushed.every(other => other.reference !== reference));
	await writeWhole(file, formatRecord({...record, pushed: [...others, ...pushed.map(({reference, digest}) => ({reference, digest}))]}));
}
