/** Types of what is known of the packages in a base image. */

/** The state of one suite of a Debian repository. */
export type SuiteState = {
	/** Its codename: `trixie`, `trixie-security`. */
	readonly suite: string;
	/** When Debian signed it, ISO 8601. */
	readonly date: string;
	/** `sha256:` and 64 hex digits of its InRelease file. */
	readonly digest: string;
};

/** Which packages an image holds, and from which state of the repositories they came. */
export type AptState = {
	/** Sorted by name. */
	readonly suites: readonly SuiteState[];
	/** How many packages are installed. */
	readonly packages: number;
	/** `sha256:` and 64 hex digits of the sorted lines `name=version`. */
	readonly digest: string;
};

/** The interpreter and the C library that wheels meet in the image. */
export type BaseTarget = {
	/** `3.13` */
	readonly python: string;
	/** `3.13.5` */
	readonly pythonVersion: string;
	/** `2.41` */
	readonly glibc: string;
};
