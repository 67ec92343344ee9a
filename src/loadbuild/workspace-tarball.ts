/** The wheels tarball that is in the workspace. */
import * as z from 'zod';
import type {Store} from '../plan/index.js';
import {exists, knownDigest, readText} from '../system/index.js';
import {announcedTarball, recordFile} from '../wheels/index.js';

const record = z.object({digest: z.string(), labels: z.record(z.string(), z.unknown())});

/**
none: there is none, or nobody knows what it was made for. own: as stx-build made it, for these labels. foreign: put
there or changed by somebody else, to be taken as it is.
*/
export type WorkspaceTarball
	= | {readonly state: 'none'}
		| {readonly state: 'own'; readonly labels: readonly string[]}
		| {readonly state: 'foreign'};

export async function inspectTarball(file: string, store: Store): Promise<WorkspaceTarball> {
	if (!await exists(file)) {
		return {state: 'none'};
	}

	const digest = await knownDigest(file, store);
	const recorded = await exists(recordFile(file)) ? parseRecord(await readText(recordFile(file))) : undefined;
	if (recorded?.digest === digest) {
		return {state: 'own', labels: Object.keys(recorded.labels)};
	}

	// A run that was killed right after it had made the tarball has left no record of it.
	const announced = await announcedTarball(file, store);
	return announced?.digest === digest ? {state: 'own', labels: announced.labels} : {state: 'foreign'};
}

function parseRecord(text: string): z.infer<typeof record> | undefined {
	try {
		return record.safeParse(JSON.parse(text)).data;
	} catch {
		// Whatever wrote it, it does not vouch for the tarball.
		return undefined;
	}
}
