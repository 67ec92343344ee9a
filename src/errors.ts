/**
Every error a user can meet is a `BuildError` with a code of this table. Anything else that escapes is a bug of
stx-build and is shown with its stack.

A code is never reused for another meaning: people search for them. The hundreds name the domain.
*/

/** What a code means, and the exit code it leads to: 2 when nothing was started, 1 when work was done and failed. */
export const errorCodes = {
	STX0001: {exit: 2, meaning: 'the command line is wrong'},
	STX0002: {exit: 2, meaning: 'several things are wrong with the input'},
	STX0003: {exit: 130, meaning: 'interrupted'},
	STX0101: {exit: 2, meaning: 'a settings file cannot be read as ini'},
	STX0102: {exit: 2, meaning: 'a setting or section that stx-build does not know'},
	STX0103: {exit: 2, meaning: 'a key is given twice'},
	STX0104: {exit: 2, meaning: 'a setting has a value it cannot take'},
	STX0105: {exit: 2, meaning: 'the workspace cannot be written'},
	STX0901: {exit: 1, meaning: 'a program that stx-build runs is not installed'},
	STX0902: {exit: 1, meaning: 'a program that stx-build runs failed'},
	STX0903: {exit: 2, meaning: 'a file cannot be read'},
	STX0904: {exit: 1, meaning: 'a file cannot be written'},
	STX0905: {exit: 1, meaning: 'the disk is full'},
	STX0906: {exit: 1, meaning: 'a stored file is not what it was when it was stored'},
	STX0907: {exit: 1, meaning: 'an entry of an archive would be written outside its folder, or is not allowed'},
} as const satisfies Record<string, {readonly exit: 1 | 2 | 130; readonly meaning: string}>;

export type ErrorCode = keyof typeof errorCodes;

/** Where the cause is: a file with its line (from 1), or a URL. */
export type SourceLocation = {readonly file: string; readonly line?: number} | {readonly url: string};

export type BuildErrorOptions = {
	readonly at?: SourceLocation | readonly SourceLocation[];
	/** What to do about it, as an instruction. */
	readonly hint?: string;
	readonly cause?: unknown;
};

/**
The one error class. `message` says what is wrong in one sentence, with no full stop at the end and with both sides
where two things disagree; `at` says where; `hint` says what to do.
*/
export class BuildError extends Error {
	override readonly name = 'BuildError';
	readonly code: ErrorCode;
	readonly at: readonly SourceLocation[];
	readonly hint: string | undefined;
	/** The errors this one stands for, when several were found at once; otherwise empty. */
	readonly problems: readonly BuildError[];

	constructor(code: ErrorCode, message: string, options: BuildErrorOptions & {readonly problems?: readonly BuildError[]} = {}) {
		super(message, options.cause === undefined ? undefined : {cause: options.cause});
		this.code = code;
		this.at = options.at === undefined ? [] : [options.at].flat();
		this.hint = options.hint;
		this.problems = options.problems ?? [];
	}

	/** The exit code of a run that ends with this error. */
	get exitCode(): number {
		return this.problems.length > 0 ? Math.max(...this.problems.map(problem => problem.exitCode)) : errorCodes[this.code].exit;
	}
}

/**
Throws what was found wrong, all at once: nothing when the list is empty, the error itself when it is one.

@param problems the errors of all inputs, in the order they were read.
@throws BuildError
*/
export function throwProblems(problems: readonly BuildError[]): void {
	const flat = problems.flatMap(problem => problem.problems.length > 0 ? problem.problems : [problem]);
	if (flat.length === 1) {
		throw flat[0]!;
	}

	if (flat.length > 1) {
		throw new BuildError('STX0002', `${flat.length} errors in the input`, {problems: flat});
	}
}

/** Runs a parser and adds the `BuildError` it throws to `problems`; other errors pass. Gives undefined on error. */
export function collect<T>(problems: BuildError[], parse: () => T): T | undefined {
	try {
		return parse();
	} catch (error) {
		if (error instanceof BuildError) {
			problems.push(error);
			return undefined;
		}

		throw error;
	}
}
