/** The record beside a wheels tarball: what it was made of, and where it was sent. */
import {readText, writeWhole} from '../../system/index.js';

/** What a registry has, and under which digest. */
export type Pushed = {readonly reference: string; readonly digest: string};

export const recordFile = (tarball: string): string => `${tarball.replace(/\.tar$/v, '')}.json`;

export const formatRecord = (record: object): string => `${JSON.stringify(record, undefined, 2)}\n`;

/** Tells the record of a tarball what a registry has; of each name the last word counts. */
export async function notePushed(tarball: string, pushed: readonly Pushed[]): Promise<void> {
	const file = recordFile(tarball);
	const record = JSON.parse(await readText(file)) as {readonly pushed?: readonly Pushed[]};
	const others = (record.pushed ?? []).filter(({reference}) => pushed.every(other => other.reference !== reference));
	await writeWhole(file, formatRecord({...record, pushed: [...others, ...pushed]}));
}
