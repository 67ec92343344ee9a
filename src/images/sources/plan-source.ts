/** The step that brings the tree of a commit into the store. Pure. */
import path from 'node:path';
import {keyed, type Step} from '../../plan/index.js';
import {maskSecrets} from '../../mask-secrets.js';
import type {PinnedSource} from './source.js';

export type SourceInputs = {
	readonly url: string;
	readonly commit: string;
};

/** Counted up when the same commit gives another result. */
const recipe = 1;

/** The last part of a repository's address. */
export const repositoryName = (url: string): string => path.posix.basename(url.replace(/\/+$/v, ''), '.git').replaceAll(/[^\w.\-]/gv, '-');

/**
The result is a `GitTree`. Two addresses of one commit are one source, and one commit has one tree: the id names the
commit, so two repositories whose addresses end alike do not mix.
*/
export function planSource({url, commit}: PinnedSource): Step {
	const name = repositoryName(url);
	return {
		id: `source:${name}-${commit.slice(0, 12)}`,
		kind: 'image.source',
		title: `fetch ${name} at ${commit.slice(0, 12)} from ${maskSecrets(url)}`,
		group: 'images',
		needs: [],
		...keyed({source: recipe, commit}),
		inputs: {url, commit} satisfies SourceInputs,
		uses: 'network',
		weight: 10,
	};
}
