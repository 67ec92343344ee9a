/** target.ini: the interpreter and the C library that wheels are made for. */
import {BuildError, throwProblems} from '../../errors.js';
import {parseIni} from '../../workspace/index.js';
import {sectionReader} from './parse-section.js';

/**
The interpreter and C library of an OS, from its target.ini.

@throws BuildError STX0406
*/
export function parseTargetIni(text: string, file: string): {readonly python: string; readonly glibc: string} {
	const problems: BuildError[] = [];
	const ini = parseIni(text, file);
	const section = ini.sections.get('target') ?? {line: 0, keys: new Map()};
	const read = sectionReader(section, 'target', file, problems);
	const [python, glibc] = ['python', 'glibc'].map(key => {
		const value = read.text(key);
		if (value === undefined || !/^\d+\.\d+$/v.test(value)) {
			problems.push(new BuildError('STX0406', value === undefined ? `[target] has no \`${key}\`` : `\`${key}\` is \`${value}\`, not a version of two numbers`, {at: value === undefined ? {file, line: section.line} : read.at(key)}));
		}

		return value ?? '';
	});
	read.end();
	throwProblems(problems);
	return {python: python!, glibc: glibc!};
}
