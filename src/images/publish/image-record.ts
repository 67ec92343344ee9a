/** The record of an image, as a file. What was pushed is written into it as it happens. */
import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import type {Digest} from '../../plan/index.js';
import {readText, writeWhole} from '../../system/index.js';
import type {ImagePushResult} from '../image-steps.js';

type Pushed = ImagePushResult['pushed'];

export const formatRecord = (record: object): string => `${JSON.stringify(record, undefined, '\t')}\n`;

/** Digest of what a record says besides what was pushed. */
export const digestOfRecord = (record: object): Digest => `sha256:${createHash('sha256').update(formatRecord({...record, pushed: []})).digest('hex')}`;

/** Undefined where there is none, or one that is not as it was written. */
export async function readRecord(file: string): Promise<{readonly pushed?: Pushed; readonly image?: string} | undefined> {
	try {
		const text = await readFile(file, 'utf8');
		const record = JSON.parse(text) as object;
		return formatRecord(record) === text ? record : undefined;
	} catch {
		return undefined;
	}
}

/** Tells a record what the registry has, each time it has more: what comes next may fail. */
export async function notePushed(file: string, pushed: Pushed): Promise<void> {
	const record = JSON.parse(await readText(file)) as object;
	await writeWhole(file, formatRecord({...record, pushed: pushed.map(({reference, digest}) => ({reference, digest}))}));
}
