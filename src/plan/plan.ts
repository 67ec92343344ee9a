/**
The plan: steps as plain data. Everything a step needs is resolved in it (argv, paths, references), so that a dry run
can print it, and the executor needs nothing else. It holds no functions and no secrets.
*/

export type Json = string | number | boolean | null | readonly Json[] | {readonly [name: string]: Json | undefined};

/** `sha256:` and 64 hex digits: the digest of all the inputs of a step. Made by `keyOf` only. */
export type Key = string & {readonly brand: 'Key'};

/** What a key is made of, by name: canonical JSON, or the digest of it where that is long. */
export type KeyParts = Readonly<Record<string, string>>;

/** What a step waits for a share of while it runs: the network, or a processor. */
export type Resource = 'network' | 'cpu' | 'none';

/** How much of the machine a step takes while it runs. */
export type Amounts = {
	/** Where it uses the processor: how many of them; one by default. */
	readonly processors?: number;
	/** In MiB; none by default. */
	readonly memory?: number;
};

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
	/** What the key is made of. */
	readonly parts?: KeyParts;
	/** What it makes, by a name that stays when its id does not, as the version is in that: `wheel:uwsgi`. The id by default. */
	readonly subject?: string;
	readonly inputs: Inputs;
	readonly uses: Resource;
	readonly takes?: Amounts;
	/** Expected duration in seconds, to start the longest chain first; how long it took before counts more. */
	readonly weight?: number;
	/** Whether it goes before all that use the same, however long their chains are, in the order in which such get ready: what is begun is then finished, and the next resource gets its work early. */
	readonly urgent?: boolean;
	/** True for what the user asked for; other steps run only when a target needs them. */
	readonly target?: boolean;
};

export type Plan = {
	readonly version: 1;
	readonly steps: readonly Step[];
};
