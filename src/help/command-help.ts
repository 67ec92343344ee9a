/** An option as the help tells it. */
export type OptionHelp = {
	/** `--service,--only`. */
	readonly names: string;
	/** What stands for the option's value; empty for a flag. */
	readonly value: string;
	readonly meaning: string;
};

/** A command as the help tells it. */
export type CommandHelp = {
	/** The words of the command: `config show`. */
	readonly path: string;
	readonly category: string;
	readonly description: string;
	readonly details: string;
	/** Positional arguments, as in `FILE...` or `OLD [NEW]`; empty when there are none. */
	readonly rest: string;
	readonly options: readonly OptionHelp[];
	/** Options that are settings. */
	readonly settings: readonly OptionHelp[];
	/** Options that are there for command lines of StarlingX's tools. */
	readonly compatible: readonly OptionHelp[];
	readonly examples: ReadonlyArray<{readonly title: string; readonly command: string}>;
};
