/** What an index says about a project. Plain data. */

/** A file of a project, as an index lists it. */
export type IndexFile = {
	readonly filename: string;
	/** Absolute, without a fragment and without credentials. */
	readonly url: string;
	/** 64 hex digits in lower case. */
	readonly sha256?: string;
	/** Bytes. */
	readonly size?: number;
	/** Version specifiers: `>=3.9`. */
	readonly requiresPython?: string;
	/** The reason for which it was withdrawn (PEP 592); true when none is given. */
	readonly yanked?: string | true;
	/** There is `<url>.metadata` (PEP 658), with its digest if the index states it. */
	readonly metadata?: {readonly sha256?: string};
	/** ISO 8601. */
	readonly uploadTime?: string;
};

/** PEP 792. */
export type ProjectStatus = 'active' | 'archived' | 'deprecated' | 'quarantined';

export type Packument = {
	/** As the index spells it. */
	readonly name: string;
	/** In the order of the index. */
	readonly files: readonly IndexFile[];
	readonly status: ProjectStatus;
	readonly statusReason?: string;
	/** What is unusual about the page, for the user. */
	readonly warnings: readonly string[];
};

/** A file and the version it is of. */
export type ResolvedFile = IndexFile & {readonly version: string};

/** The page of a project, as it came. */
export type IndexPage = {
	/** The value of the header, with parameters. */
	readonly contentType: string | undefined;
	readonly body: string;
	/** Where the page came from, after redirects: relative links are resolved against it. */
	readonly url: string;
	/** The project that was asked for. */
	readonly name: string;
};
