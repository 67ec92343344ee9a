/** What the files of requirements and constraints have in common: lines, and comments as pip reads them. */

export type RequirementLine = {
	/** From 1. */
	readonly line: number;
	/** The whole line as written. */
	readonly text: string;
	/** Without its comment and the white space around it; empty for an empty line or one that is a comment. */
	readonly body: string;
	/** The comment with its `#` and the white space before it, or empty. */
	readonly comment: string;
};

/** Splits a file into its lines. A `#` begins a comment at the start of a line or after white space, so `URL#egg=NAME` holds none. */
export function splitRequirementLines(text: string): readonly RequirementLine[] {
	const lines = text.replace(/^\uFEFF/, '').split(/\r\n|[\r\n]/);
	if (lines.at(-1) === '') {
		lines.pop();
	}

	return lines.map((whole, index) => {
		const start = whole.search(/(?:^|[ \t])[ \t]*#/);
		const end = start === -1 ? whole.length : start;
		return {
			line: index + 1, text: whole, body: whole.slice(0, end).trim(), comment: whole.slice(end).trimEnd(),
		};
	});
}
