/** Our own directives: build-config/images/<service>.ini, with the keys of StarlingX's directive files. */
import {BuildError, collect, throwProblems} from '../../errors.js';
import {
	gatherIni, readIni, type IniFile, type IniSection,
} from '../../workspace/index.js';
import {createDirective} from './create-directive.js';
import {
	isDirectiveKey, type Directive, type DirectiveKey, type ImageChecks, type DirectiveValue, type DirectiveValues, type VerifySpec,
} from './directive.js';
import {foldBlanks, unknownKey} from './parse-directive-file.js';
import {parseVerify} from './parse-verify.js';

/** Here no unquoted `echo` comes between: the lines of shell text are lines. */
const shellKeys: ReadonlySet<DirectiveKey> = new Set(['CUSTOMIZATION', 'POSTBUILD_COMMAND']);

type Ini = {readonly values: DirectiveValues; readonly verify: IniSection | undefined};

/**
Reads the values of section [image]. `KEY[] = …` lines are the lines of shell text, and the words of a list otherwise.

@throws BuildError STX0101, STX0103, STX0602: all that is wrong with the file.
*/
export function parseIniValues(text: string, file: string): DirectiveValues {
	return readIni(text, file, ini => {
		const problems: BuildError[] = [];
		const {values} = readValues(ini, problems);
		throwProblems(problems);
		return values;
	});
}

/** What is wrong with sections and keys is added to `problems`. */
function readValues({file, sections}: IniFile, problems: BuildError[]): Ini {
	for (const [name, {line, keys}] of sections) {
		if (name === '' && keys.size > 0) {
			problems.push(new BuildError('STX0602', 'keys before the first section', {at: {file, line: Math.min(...[...keys.values()].map(key => key.line))}, hint: 'write [image] above them'}));
		} else if (!['', 'image', 'verify'].includes(name)) {
			problems.push(new BuildError('STX0602', `[${name}] is not a section of image files`, {at: {file, line}, hint: 'there are [image] and [verify]'}));
		}
	}

	const values = new Map<DirectiveKey, DirectiveValue>();
	for (const [key, {value, line}] of sections.get('image')?.keys ?? []) {
		if (isDirectiveKey(key)) {
			const raw = typeof value === 'string' ? value : value.join('\n');
			values.set(key, {raw, value: shellKeys.has(key) ? raw : foldBlanks(raw), line});
		} else {
			problems.push(unknownKey(key, {file, line}));
		}
	}

	return {values, verify: sections.get('verify')};
}

/**
Reads an ini file that says no more of an image than how it is verified: LABEL and [verify].

@returns undefined for any other, and for one in which a line cannot be read: what it is, nobody can tell.
@throws BuildError STX0103, STX0602, STX0604: all that is wrong with the file.
*/
export function parseImageChecks(text: string, file: string): ImageChecks | undefined {
	const problems: BuildError[] = [];
	const {ini, problems: unread} = gatherIni(text, file);
	if (unread.some(({code}) => code === 'STX0101')) {
		return undefined;
	}

	throwProblems(unread);
	const {values, verify: section} = readValues(ini, problems);
	const label = values.get('LABEL')?.value ?? '';
	if (section === undefined || values.size !== 1 || label === '' || problems.length > 0) {
		return undefined;
	}

	return {file, label, verify: parseVerify(section, file)};
}

/**
Reads an image's ini file.

@throws BuildError STX0101, STX0103, STX0602, STX0604: all that is wrong with the file.
*/
export function parseImageIni(text: string, file: string): Directive {
	return readIni(text, file, ini => createImage(ini));
}

function createImage(ini: IniFile): Directive {
	const {file} = ini;
	const problems: BuildError[] = [];
	const {values, verify} = readValues(ini, problems);
	const nothing: VerifySpec = {setup: [], skipScripts: []};
	const spec = verify === undefined ? nothing : collect(problems, () => parseVerify(verify, file));
	const directive = collect(problems, () => createDirective(values, file, spec ?? nothing));
	throwProblems(problems);
	return {...directive!, ...(verify && {verifyFile: file})};
}
