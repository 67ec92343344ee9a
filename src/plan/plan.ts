/**
The plan: steps as plain data. Everything a step needs is resolved in it (argv, paths, references), so that a dry run
can print it, and the executor needs nothing else. It holds no functions and no secrets.
*/

export type Json = string | number | boolean | null | readonly Json[] | {readonly [name: string]: Json | undefined};

/** `sha256:` and 64 hex digits: the digest of all the inputs of a step. Made by `keyOf` only. */
export type Key = string & {readonly brand: 'Key'};

/** What a step waits for a share of while it runs: the network, a processor, or the engine's build lock. */
export type Resource = 'network' | 'cpu' | 'none';

/**
One piece of work.

@template Kind the name under which the executor finds the handler.
@template Inputs what the handler gets; plain data.
*/
export type Step<Kind extends string = string, Inputs extends Json = Json> = {
	/** Unique in the plan and readable: `build:uwsgi-2.0.31`. */
	readonly id: string;
	readonly kind: Kind;
	/** For people, in the present tense: `build uwsgi 2.0.31`. */
	readonly title: string;
	/** The part of the work this belongs to, as people see it. */
	readonly group: 'base' | 'wheels' | 'images';
	/** Ids of the steps whose results this one uses. */
	readonly needs: readonly string[];
	/** Digest of all that decides the result: the inputs that count and the keys of `needs`. */
	readonly key: Key;
	readonly inputs: Inputs;
	readonly uses: Resource;
	/** Expected duration in seconds, to start the longest chain first. */
	readonly weight?: number;
	/** True for what the user asked for; other steps run only when a target needs them. */
	readonly target?: boolean;
};

export type Plan = {
	readonly version: 1;
	readonly steps: readonly Step[];
};
