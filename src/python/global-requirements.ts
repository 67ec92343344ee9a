import {type BuildError, collect, throwProblems} from '../errors.js';
import {parseRequirement, type Requirement} from './requirement.js';
import {splitRequirementLines} from './requirement-lines.js';

export type GlobalRequirement = Requirement & {
	/** From 1. */
	readonly line: number;
	/** Of the `## section:NAME` above it. */
	readonly section?: string;
	/** What stands after the `#`, as written. */
	readonly licence?: string;
};

export type GlobalRequirements = {readonly file: string; readonly entries: readonly GlobalRequirement[]};

/**
Reads OpenStack's global-requirements.txt: requirements with the licence as comment, in sections.

@param text the whole file.
@param file its path, for the errors.
@throws BuildError STX0204, all problems at once, each with its line.
*/
export function parseGlobalRequirements(text: string, file: string): GlobalRequirements {
	const problems: BuildError[] = [];
	const entries: GlobalRequirement[] = [];
	let section: string | undefined;
	for (const {line, body, comment} of splitRequirementLines(text)) {
		if (body === '') {
			section = /^##\s*section:(.*)$/.exec(comment.trim())?.[1]?.trim() ?? section;
			continue;
		}

		const requirement = collect(problems, () => parseRequirement(body, {file, line}));
		if (requirement) {
			const licence = comment.replace(/^\s*#\s*/, '');
			entries.push({
				...requirement, line, ...(section !== undefined && {section}), ...(licence !== '' && {licence}),
			});
		}
	}

	throwProblems(problems);
	return {file, entries};
}
