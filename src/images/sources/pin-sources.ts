/** From branches and tags to commits: those that are locked, else what the hosts say now. */
import pMap from 'p-map';
import {BuildError, collectAsync} from '../../errors.js';
import {isCommitId} from '../../git-url.js';
import {maskSecrets} from '../../mask-secrets.js';
import type {Git} from '../../system/index.js';
import {sourceName, type PinnedSource, type SourceWanted} from './source.js';

export type PinEffects = {
	readonly git: Pick<Git, 'resolve'>;
	/** What an earlier lock has; empty where everything is to be asked anew. */
	readonly locked: readonly PinnedSource[];
	/** Whether what is not locked is an error. */
	readonly frozen: boolean;
	/** Told of each branch or tag that has become a commit. */
	readonly note: (message: string) => void;
	readonly signal?: AbortSignal;
};

const questionsAtOnce = 6;

/** The commits by `sourceName`, and what keeps the others from being pinned. */
export type Pins = {readonly pinned: ReadonlyMap<string, PinnedSource>; readonly problems: readonly BuildError[]};

/**
Each repository is asked once for each branch or tag, and only where the lock does not know it.

@returns the problems beside what can be pinned: STX0407 for a source that is not locked though --frozen is given; STX0911,
STX0912, STX0306 of git.
*/
export async function pinSources(wanted: readonly SourceWanted[], {git, locked, frozen, note, signal}: PinEffects): Promise<Pins> {
	const known = new Map(locked.map(source => [sourceName(source), source]));
	const unique = [...new Map(wanted.map(source => [sourceName(source), source])).values()];
	const answers = await pMap(unique, async source => {
		const problems: BuildError[] = [];
		return {source: await collectAsync(problems, async () => pin(source)), problems};
	}, {concurrency: questionsAtOnce});
	return {
		pinned: new Map(answers.flatMap(({source}) => source ? [[sourceName(source), source]] : [])), problems: answers.flatMap(({problems}) => problems),
	};

	async function pin({url, ref, at, live = false}: SourceWanted): Promise<PinnedSource> {
		const earlier = live ? undefined : known.get(sourceName({url, ref}));
		if (isCommitId(ref) || earlier) {
			return {url, ref, commit: earlier?.commit ?? ref};
		}

		if (frozen && !live) {
			throw new BuildError('STX0407', `the lock has no commit for \`${ref}\` of \`${maskSecrets(url)}\`, and --frozen forbids to add one`, {at, hint: 'run `stx-build wheels lock` without --frozen and keep the new lock'});
		}

		const {commit} = await git.resolve(url, ref, {at, ...(signal && {signal})});
		note(`\`${ref}\` of ${maskSecrets(url)} is commit ${commit}`);
		return {url, ref, commit};
	}
}
