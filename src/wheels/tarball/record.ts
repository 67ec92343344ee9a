/** The record beside a wheels tarball: what it was made of, and where it was sent. */
import {
	keyOf, type Digest, type Key, type Store,
} from '../../plan/index.js';
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
	await writeWhole(file, formatRecord({...record, pushed: [...others, ...pushed.map(({reference, digest}) => ({reference, digest}))]}));
}

/** What is known of a tarball as soon as all its bytes are there. */
export type Announced = {readonly digest: Digest; readonly labels: readonly string[]};

const announcedKey = (tarball: string): Key => keyOf({kind: 'wheels.tarball.announced', tarball});

/**
Notes in the store what is about to get the name of a tarball. A run that is killed before its record is written has
nevertheless made it, and it must not be taken for somebody else's.
*/
export async function announceTarball(tarball: string, announced: Announced, store: Store): Promise<void> {
	await store.keep(announcedKey(tarball), announced);
}

/** What was last to get the name of a tarball, whether it came to it or not. */
export async function announcedTarball(tarball: string, store: Store): Promise<Announced | undefined> {
	return await store.result(announcedKey(tarball)) as Announced | undefined;
}
