/** The upper constraints and global requirements that openstack.cfg names. */
import path from 'node:path';
import {
	collect, collectAsync, throwProblems, type BuildError,
} from '../../errors.js';
import {parseConstraints, parseGlobalRequirements, type ConstraintFile} from '../../python/index.js';
import {readText} from '../../system/index.js';
import type {Stream} from '../../workspace/index.js';
import type {FetchedDocument} from './inputs.js';
import {parseOpenstackCfg, requirementsPlace} from './parse-openstack-cfg.js';

/**
Brings a text from an address: the bytes that the lock knows, if it knows any.

@throws BuildError of the index client; STX0425 when the address gives other bytes now.
*/
export type FetchDocument = (url: string) => Promise<{readonly text: string; readonly sha256: string}>;

export type Constraints = {
	readonly constraints: ConstraintFile;
	/** Text of global-requirements.txt. */
	readonly globalRequirements: string;
	/** What was fetched for it. */
	readonly documents: readonly FetchedDocument[];
};

/**
@param file openstack.cfg.
@throws BuildError STX0405, those of the two files, and those of `fetchDocument`.
*/
export async function readConstraints(file: string, stream: Stream, fetchDocument: FetchDocument): Promise<Constraints> {
	const place = requirementsPlace(parseOpenstackCfg(await readText(file), file), stream, file);
	const read = async (name: string): Promise<{readonly at: string; readonly text: string; readonly documents: readonly FetchedDocument[]}> => {
		if ('url' in place) {
			const url = `${place.url}/${name}`;
			const {text, sha256} = await fetchDocument(url);
			return {at: url, text, documents: [{url, sha256}]};
		}

		const at = path.join(path.dirname(file), place.folder, name);
		return {at, text: await readText(at), documents: []};
	};

	const [ofUpper, ofGlobal]: [BuildError[], BuildError[]] = [[], []];
	const [upper, global] = await Promise.all([
		collectAsync(ofUpper, async () => read('upper-constraints.txt')), collectAsync(ofGlobal, async () => read('global-requirements.txt')),
	]);
	const constraints = upper && collect(ofUpper, () => parseConstraints(upper.text, upper.at));
	if (global) {
		collect(ofGlobal, () => parseGlobalRequirements(global.text, global.at));
	}

	throwProblems([...ofUpper, ...ofGlobal]);
	return {
		constraints: constraints!,
		globalRequirements: global!.text,
		documents: [...upper!.documents, ...global!.documents],
	};
}
