/** wheels/not-reproducible.ini: wheels that are other bytes each time they are built, and why. Pure. */
import {BuildError, collect, throwProblems} from '../../errors.js';
import type {NormalizedName} from '../../python/index.js';
import {readIni, type IniFile} from '../../workspace/index.js';
import {namedSections, nameOfSection, sectionReader} from '../inputs/parse-section.js';

export type Exception = {readonly reason: string; readonly at: {readonly file: string; readonly line: number}};

/**
@param file name for messages.
@throws BuildError STX0406 with all that is wrong; STX0101 and STX0103 from the ini reader.
*/
export const parseExceptions = (text: string, file: string): ReadonlyMap<NormalizedName, Exception> => readIni(text, file, ini => readExceptions(ini));

function readExceptions(ini: IniFile): ReadonlyMap<NormalizedName, Exception> {
	const {file} = ini;
	const problems: BuildError[] = [];
	const exceptions = new Map<NormalizedName, Exception>();
	for (const [header, section] of namedSections(ini, problems)) {
		const at = {file, line: section.line};
		const name = collect(problems, () => nameOfSection(header, at));
		const read = sectionReader(section, header, file, problems);
		const reason = read.text('reason');
		read.end();
		if (reason === undefined) {
			problems.push(new BuildError('STX0406', `[${header}] has no \`reason\``, {at, hint: 'add `reason = …`: what differs, and why it cannot be helped'}));
		} else if (name !== undefined) {
			exceptions.set(name, {reason, at});
		}
	}

	throwProblems(problems);
	return exceptions;
}
