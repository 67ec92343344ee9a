/** StarlingX's directive files: `*_docker_image`, bash assignments of known keys. */
import {
	BuildError, collect, problemsOf, throwProblems,
} from '../../errors.js';
import {nearNames} from '../../near-names.js';
import {createDirective} from './create-directive.js';
import {
	directiveKeys, isDirectiveKey, type Directive, type DirectiveKey, type DirectiveValue, type DirectiveValues,
} from './directive.js';
import {gatherAssignments} from './parse-assignments.js';

/**
Reads the values of a directive file as build-stx-images.sh reads them: `echo ${KEY}` folds every run of white space to
one blank, and only POSTBUILD_COMMAND is read with its lines. Glob characters stay: there is no folder to match them in.

@param file name for messages.
@throws BuildError STX0601, STX0602, STX0603: all that is wrong with the file.
*/
export function parseDirectiveValues(text: string, file: string): DirectiveValues {
	const problems: BuildError[] = [];
	const {values} = readValues(text, file, problems);
	throwProblems(problems);
	return values;
}

/** Adds what is wrong to `problems`, and says whether each assignment could be read. */
function readValues(text: string, file: string, problems: BuildError[]): {readonly values: DirectiveValues; readonly isWhole: boolean} {
	const {assignments, problems: unread} = gatherAssignments(text, file, 'directive');
	problems.push(...unread);
	const values = new Map<DirectiveKey, DirectiveValue>();
	for (const {name, raw, line} of assignments) {
		if (!isDirectiveKey(name)) {
			problems.push(unknownKey(name, {file, line}));
			continue;
		}

		const earlier = values.get(name);
		if (earlier) {
			problems.push(new BuildError('STX0603', `\`${name}\` is given twice`, {at: [{file, line}, {file, line: earlier.line}], hint: 'keep one of the two assignments; bash would take the last'}));
		} else {
			values.set(name, {raw, value: name === 'POSTBUILD_COMMAND' ? raw.replace(/\n+$/, '') : foldBlanks(raw), line});
		}
	}

	return {values, isWhole: unread.length === 0};
}

/**
Reads a directive file.

@throws BuildError STX0601 to STX0604: all that is wrong with the file.
*/
export function parseDirectiveFile(text: string, file: string): Directive {
	const problems: BuildError[] = [];
	const {values, isWhole} = readValues(text, file, problems);
	const found: BuildError[] = [];
	const directive = collect(found, () => createDirective(values, file, {setup: [], skipScripts: []}));
	const flat = found.flatMap(problem => problemsOf(problem));
	// What seems to lack, without a line, may be in a line that cannot be read.
	problems.push(...flat.filter(({at}) => isWhole || at.some(place => 'line' in place && place.line !== undefined)));
	throwProblems(problems);
	return directive!;
}

/** What `echo ${VALUE}` makes of a value: words of blanks, tabs and newlines, with one blank between them. */
export const foldBlanks = (raw: string): string => raw.split(/[\t\n ]+/).filter(word => word !== '').join(' ');

export function unknownKey(name: string, at: {readonly file: string; readonly line: number}): BuildError {
	const near = nearNames(name, directiveKeys);
	return new BuildError('STX0602', `\`${name}\` is not a key of directive files`, {
		at, hint: near.length > 0 ? `did you mean ${near.map(key => `\`${key}\``).join(' or ')}?` : 'remove the line; the keys are those that build-stx-images.sh of StarlingX reads',
	});
}
