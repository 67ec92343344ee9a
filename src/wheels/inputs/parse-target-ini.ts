/** target.ini: the interpreter and the C library that wheels are made for. */
import {BuildError, collect, throwProblems} from '../../errors.js';
import {createTarget} from '../../python/index.js';
import {readIni, type IniFile} from '../../workspace/index.js';
import {sectionReader} from './parse-section.js';

/**
The interpreter and C library of an OS, from its target.ini.

@throws BuildError STX0406, and STX0210 for versions that wheels cannot be made for.
*/
export const parseTargetIni = (text: string, file: string): Versions => readIni(text, file, ini => readVersions(ini));

type Versions = {readonly python: string; readonly glibc: string};

function readVersions(ini: IniFile): Versions {
	const {file} = ini;
	const problems: BuildError[] = [];
	const section = ini.sections.get('target') ?? {line: 0, keys: new Map()};
	const read = sectionReader(section, 'target', file, problems);
	const [python, glibc] = ['python', 'glibc'].map(key => {
		const value = read.text(key);
		if (value === undefined || !/^\d+\.\d+$/v.test(value)) {
			problems.push(new BuildError('STX0406', value === undefined ? `[target] has no \`${key}\`` : `\`${key}\` is \`${value}\`, not a version of two numbers`, {at: value === undefined ? {file, ...(section.line > 0 && {line: section.line})} : read.at(key), hint: key === 'python' ? 'write major and minor, as `python = 3.13`' : 'write what `ldd --version` says, as `glibc = 2.41`'}));
		} else {
			// The other two are none of its matter.
			const wrong: BuildError[] = [];
			collect(wrong, () => createTarget({
				python: '3.13', glibc: '2.41', arch: 'amd64', [key]: value,
			}));
			problems.push(...wrong.map(({code, message, hint}) => new BuildError(code, message, {at: read.at(key), ...(hint !== undefined && {hint})})));
		}

		return value ?? '';
	});
	read.end();
	throwProblems(problems);
	return {python: python!, glibc: glibc!};
}
