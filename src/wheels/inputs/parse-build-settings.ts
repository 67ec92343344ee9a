/** wheels/build-settings.ini: how single distributions are built. */
import path from 'node:path';
import {BuildError, collect, throwProblems} from '../../errors.js';
import {normalizeName, parseSpecifiers, type NormalizedName} from '../../python/index.js';
import {readIni, type IniFile} from '../../workspace/index.js';
import type {BuildPatch, BuildSettings} from './inputs.js';
import {isDebianPackage} from './parse-lists.js';
import {parseDuration, parseMemory} from './parse-quantity.js';
import {namedSections, nameOfSection, sectionReader} from './parse-section.js';

/** A patch as the file names it, before it is read. */
export type PatchPlace = Omit<BuildPatch, 'digest'> & {readonly at: {readonly file: string; readonly line: number}};

/** Settings before their patches are read. */
export type ParsedBuildSettings = Omit<BuildSettings, 'patches'> & {readonly patches?: readonly PatchPlace[]};

type SectionReader = ReturnType<typeof sectionReader>;

/**
@param file its path: patches are meant from its folder.
@throws BuildError STX0406 with all that is wrong; STX0101 and STX0103 from the ini reader.
*/
export const parseBuildSettings = (text: string, file: string): ReadonlyMap<NormalizedName, ParsedBuildSettings> => readIni(text, file, ini => readSections(ini));

function readSections(ini: IniFile): ReadonlyMap<NormalizedName, ParsedBuildSettings> {
	const {file} = ini;
	const problems: BuildError[] = [];
	const settings = new Map<NormalizedName, ParsedBuildSettings>();
	for (const [header, section] of namedSections(ini, problems)) {
		const at = {file, line: section.line};
		const name = collect(problems, () => nameOfSection(header, at));
		const read = sectionReader(section, header, file, problems);
		const buildRequires = read.requirements('build-requires') ?? [];
		const requires = read.requirements('requires') ?? [];
		const unconstrained = read.words('unconstrained').flatMap(word => collect(problems, () => normalizeName(word)) ?? []);
		const env = readVariables(read, problems);
		const from = readFrom(read, problems);
		const whatElse = {
			...readPatches(read, file, problems), ...readSystemPackages(read, problems), ...readAmounts(read, problems),
		};
		const reason = read.text('reason');
		read.end();
		if (reason === undefined) {
			problems.push(new BuildError('STX0406', `[${header}] has no \`reason\``, {at, hint: 'add `reason = …`: why this distribution cannot be built like the others'}));
		}

		if (name !== undefined && reason !== undefined) {
			settings.set(name, {
				name, buildRequires, requires, unconstrained, env, ...from, ...whatElse, reason, at,
			});
		}
	}

	throwProblems(problems);
	return settings;
}

function readVariables(read: SectionReader, problems: BuildError[]): BuildSettings['env'] {
	return Object.fromEntries(read.list('env').flatMap(assignment => {
		const match = /^(?<variable>[A-Za-z_]\w*)=(?<value>.*)$/v.exec(assignment)?.groups;
		if (!match) {
			problems.push(new BuildError('STX0406', `\`${assignment}\` is not a \`NAME=value\` variable`, {at: read.at('env'), hint: 'write `env[] = NAME=value`'}));
		}

		return match ? [[match.variable!, match.value!]] : [];
	}));
}

function readFrom(read: SectionReader, problems: BuildError[]): Pick<BuildSettings, 'from'> {
	const from = read.text('from');
	if (from === undefined || from === 'sdist' || from === 'wheel') {
		return from === undefined ? {} : {from};
	}

	problems.push(new BuildError('STX0406', `\`from\` is \`${from}\`, and can be \`sdist\` or \`wheel\``, {at: read.at('from'), hint: '`sdist` builds it though there is a wheel, `wheel` never builds it'}));
	return {};
}

function readPatches(read: SectionReader, file: string, problems: BuildError[]): Pick<ParsedBuildSettings, 'patches'> {
	const at = read.at('patch');
	const patches = read.list('patch').flatMap((line): readonly PatchPlace[] => {
		const [name = '', versions, ...rest] = line.split(';').map(part => part.trim());
		if (name === '' || versions === '' || rest.length > 0) {
			problems.push(new BuildError('STX0406', `\`${line}\` is not a patch`, {at, hint: 'write `patch[] = FILE`, or `patch[] = FILE ; >=1.2,<2` for some versions alone'}));
			return [];
		}

		collect(problems, () => versions === undefined ? [] : parseSpecifiers(versions, at));
		return [{file: path.resolve(path.dirname(file), name), ...(versions !== undefined && {versions}), at}];
	});
	return patches.length > 0 ? {patches} : {};
}

function readSystemPackages(read: SectionReader, problems: BuildError[]): Pick<BuildSettings, 'systemPackages'> {
	const names = [...new Set(read.words('system-packages'))].toSorted();
	for (const name of names.filter(word => !isDebianPackage(word))) {
		problems.push(new BuildError('STX0406', `\`${name}\` is not the name of a Debian package`, {at: read.at('system-packages'), hint: 'write names with blanks between them: lower-case letters, digits, `+`, `-` and `.`'}));
	}

	return names.length > 0 ? {systemPackages: names} : {};
}

function readAmounts(read: SectionReader, problems: BuildError[]): Pick<BuildSettings, 'processors' | 'memory' | 'disk' | 'timeoutSeconds'> {
	const readAmount = <T>(key: string, parse: (text: string) => T | undefined, takes: string): T | undefined => {
		const text = read.text(key);
		const amount = text === undefined ? undefined : parse(text);
		if (text !== undefined && amount === undefined) {
			problems.push(new BuildError('STX0406', `\`${key}\` is \`${text}\`, and takes ${takes}`, {at: read.at(key)}));
		}

		return amount;
	};

	const processors = readAmount('weight', text => text === 'all' ? text : (/^[1-9]\d{0,2}$/v.test(text) ? Number(text) : undefined), 'a number of processors, or `all`');
	const memory = readAmount('memory', parseMemory, 'an amount as `800 MiB` or `2 GiB`');
	const disk = readAmount('disk', parseMemory, 'an amount as `800 MiB` or `20 GiB`');
	const timeoutSeconds = readAmount('timeout', parseDuration, 'a time as `90 s`, `20 min` or `2 h`');
	return {
		...(processors !== undefined && {processors}), ...(memory !== undefined && {memory}), ...(disk !== undefined && {disk}), ...(timeoutSeconds !== undefined && {timeoutSeconds}),
	};
}
