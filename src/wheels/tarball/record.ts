/** The record beside a wheels tarball: what it was made of, and where it was sent. */
import {
	keyOf, type Digest, type Key, type Store,
} from '../../plan/index.js';

export const recordFile = (tarball: string): string => `${tarball.replace(/\.tar$/v, '')}.json`;

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
