/** Sources from git that an image is made from: what is wanted, and the commit that is taken. Data; pure. */
import type {SourceLocation} from '../../errors.js';

export type SourceWanted = {
	/** As `parseGitUrl` gives it. */
	readonly url: string;
	/** A branch, a tag, or a whole commit id, which means itself. */
	readonly ref: string;
	/** Where it is asked for. */
	readonly at: SourceLocation;
	/** A repository of this machine that somebody works in: what is committed there now counts, whatever was locked. */
	readonly live?: boolean;
};

export type PinnedSource = {
	readonly url: string;
	readonly ref: string;
	/** The whole id. */
	readonly commit: string;
};

/** By what `pinSources` gives its answers. */
export const sourceName = ({url, ref}: Pick<SourceWanted, 'url' | 'ref'>): string => `${url} ${ref}`;
