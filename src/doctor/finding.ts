/** What `stx-build doctor` says of one thing that it tried. */
export type Finding = {
	readonly name: string;
	readonly ok: boolean;
	/** What was found. */
	readonly detail: string;
	/** How to mend it, when it is not well. */
	readonly hint?: string;
	/** What alone cannot be done while it is not well; without it, nothing can be relied on. */
	readonly only?: string;
};
