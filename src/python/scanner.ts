import {BuildError, type ErrorCode, type SourceLocation} from '../errors.js';
import {maskSecrets} from '../mask-secrets.js';

/** What is being read, for the error. */
export type ScannerSubject = {
	readonly code: ErrorCode;
	/** With its article: `a requirement`. */
	readonly what: string;
	readonly at: SourceLocation | undefined;
	/** How it is written. */
	readonly hint?: string;
};

/** A text as a message shows it: without credentials, and not longer than a person reads. */
function show(text: string, most: number): string {
	const safe = maskSecrets(text);
	return `\`${safe.length > most ? `${safe.slice(0, most)}…` : safe}\``;
}

/** Reads a line from left to right by sticky patterns. */
export class Scanner {
	position = 0;
	readonly text: string;
	readonly #subject: ScannerSubject;

	constructor(text: string, subject: ScannerSubject) {
		this.text = text;
		this.#subject = subject;
	}

	/** Goes past a pattern (with the flag `y`) and gives what it matched, or undefined when it is not next. */
	take(pattern: RegExp): string | undefined {
		pattern.lastIndex = this.position;
		const found = pattern.exec(this.text)?.[0];
		this.position += found?.length ?? 0;
		return found;
	}

	/** As `take`, but what is not next is an error. @throws BuildError */
	expect(pattern: RegExp, expected: string): string {
		return this.take(pattern) ?? this.fail(expected);
	}

	skipBlanks(): void {
		while (this.text[this.position] === ' ' || this.text[this.position] === '\t') {
			this.position++;
		}
	}

	get atEnd(): boolean {
		return this.position >= this.text.length;
	}

	/** @throws BuildError */
	expectEnd(expected: string): void {
		if (!this.atEnd) {
			this.fail(expected);
		}
	}

	/** @throws BuildError saying what was expected, and what is there instead. */
	fail(expected: string): never {
		const {code, what, at, hint} = this.#subject;
		const rest = this.text.slice(this.position);
		const found = rest === '' ? 'the end' : show(rest, 40);
		throw new BuildError(code, `${show(this.text, 200)} is not ${what}: ${expected} expected at column ${this.position + 1}, found ${found}`, {...(at && {at}), ...(hint !== undefined && {hint})});
	}
}
