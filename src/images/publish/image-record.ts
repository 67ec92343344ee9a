/** The record of an image, as a file. */
import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import type {Digest} from '../../plan/index.js';
import {formatRecord} from '../../registry/index.js';
import type {ImagePushResult} from '../image-steps.js';

/** Digest of what a record says besides what was pushed. */
export const digestOfRecord = (record: object): Digest => `sha256:${createHash('sha256').update(formatRecord({...record, pushed: []})).digest('hex')}`;

/** Undefined where there is none, or one that is not as it was written. */
export async function readRecord(file: string): Promise<{readonly pushed?: ImagePushResult['pushed']; readonly image?: string} | undefined> {
	try {
		const text = await readFile(file, 'utf8');
		const record = JSON.parse(text) as object;
		return formatRecord(record) === text ? record : undefined;
	} catch {
		return undefined;
	}
}
