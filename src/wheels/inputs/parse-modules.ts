/** wheels/modules.ini, the list of local modules; and wheels/build-settings.ini, how single distributions are built. */
import {BuildError, collect, throwProblems} from '../../errors.js';
import {
	canonicalVersion, normalizeName, parseRequirement, type NormalizedName,
} from '../../python/index.js';
import {
	parseIni, type IniFile, type IniSection, type IniValue,
} from '../../workspace/index.js';
import type {BuildSettings} from './inputs.js';

type At = {readonly file: string; readonly line: number};

/** A local module as its section says it; what is left out is read from the module's own files. */
export type ModuleEntry = {
	readonly name: NormalizedName;
	/** As written: absolute, relative to the file, or below `$MY_REPO`. */
	readonly path: string;
	readonly version?: string;
	readonly requires?: readonly string[];
	readonly at: At;
	readonly pathAt: At;
};

/**
@param file name for messages.
@throws BuildError STX0406 with all that is wrong; STX0101 and STX0103 from the ini reader.
*/
export function parseModules(text: string, file: string): readonly ModuleEntry[] {
	const problems: BuildError[] = [];
	const ini = parseIni(text, file);
	const modules = new Map<NormalizedName, ModuleEntry>();
	for (const [header, section] of namedSections(ini, problems)) {
		const at = {file, line: section.line};
		const read = sectionReader(section, header, file, problems);
		const name = collect(problems, () => nameOf(header, at));
		const path = read.text('path');
		const version = read.text('version');
		const requires = read.requirements('requires');
		const pathAt = read.at('path');
		read.end();
		if (path === undefined) {
			problems.push(new BuildError('STX0406', `module [${header}] has no \`path\``, {at, hint: 'add `path = FOLDER`, the folder with pyproject.toml or setup.py'}));
		}

		if (version !== undefined) {
			collect(problems, () => {
				checkVersion(version, read.at('version'));
			});
		}

		if (name === undefined || path === undefined) {
			continue;
		}

		const earlier = modules.get(name);
		if (earlier) {
			problems.push(new BuildError('STX0406', `module \`${name}\` is listed twice`, {at: [earlier.at, at], hint: 'keep one of the two sections'}));
			continue;
		}

		modules.set(name, {
			name, path, ...(version !== undefined && {version}), ...(requires && {requires}), at, pathAt,
		});
	}

	throwProblems(problems);
	return [...modules.values()];
}

/**
@param file name for messages.
@throws BuildError STX0406 with all that is wrong; STX0101 and STX0103 from the ini reader.
*/
export function parseBuildSettings(text: string, file: string): ReadonlyMap<NormalizedName, BuildSettings> {
	const problems: BuildError[] = [];
	const settings = new Map<NormalizedName, BuildSettings>();
	for (const [header, section] of namedSections(parseIni(text, file), problems)) {
		const at = {file, line: section.line};
		const name = collect(problems, () => nameOf(header, at));
		const read = sectionReader(section, header, file, problems);
		const buildRequires = read.requirements('build-requires') ?? [];
		const requires = read.requirements('requires') ?? [];
		const unconstrained = read.words('unconstrained').flatMap(word => collect(problems, () => normalizeName(word)) ?? []);
		const env = Object.fromEntries(read.list('env').flatMap(assignment => {
			const match = /^(?<variable>[A-Za-z_]\w*)=(?<value>.*)$/v.exec(assignment)?.groups;
			if (!match) {
				problems.push(new BuildError('STX0406', `\`${assignment}\` is not a \`NAME=value\` variable`, {at: read.at('env')}));
			}

			return match ? [[match.variable!, match.value!]] : [];
		}));
		const from = read.text('from');
		const reason = read.text('reason');
		read.end();
		if (from !== undefined && from !== 'sdist' && from !== 'wheel') {
			problems.push(new BuildError('STX0406', `\`from\` is \`${from}\`, and can be \`sdist\` or \`wheel\``, {at: read.at('from')}));
		}

		if (reason === undefined) {
			problems.push(new BuildError('STX0406', `[${header}] has no \`reason\``, {at, hint: 'add `reason = …`: why this distribution cannot be built like the others'}));
		}

		if (name !== undefined && reason !== undefined) {
			settings.set(name, {
				name, buildRequires, requires, unconstrained, env, ...((from === 'sdist' || from === 'wheel') && {from}), reason,
			});
		}
	}

	throwProblems(problems);
	return settings;
}

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

function namedSections(ini: IniFile, problems: BuildError[]): ReadonlyArray<[string, IniSection]> {
	for (const [key, {line}] of ini.sections.get('')?.keys ?? []) {
		problems.push(new BuildError('STX0406', `\`${key}\` stands before the first section`, {at: {file: ini.file, line}}));
	}

	return [...ini.sections].filter(([header]) => header !== '');
}

/** Reads the keys of one section, each once; what is left at the end is unknown. */
function sectionReader(section: IniSection, header: string, file: string, problems: BuildError[]) {
	const unread = new Map<string, IniValue>(section.keys);
	const take = (key: string): IniValue | undefined => {
		const found = unread.get(key);
		unread.delete(key);
		return found;
	};

	const at = (key: string): At => ({file, line: section.keys.get(key)?.line ?? section.line});
	const asked: string[] = [];
	const list = (key: string): readonly string[] => {
		asked.push(key);
		return [take(key)?.value ?? []].flat();
	};

	const text = (key: string): string | undefined => {
		asked.push(key);
		const value = take(key)?.value;
		if (Array.isArray(value)) {
			problems.push(new BuildError('STX0406', `\`${key}\` takes one value, not a list`, {at: at(key), hint: `write \`${key} = …\` without \`[]\``}));
		}

		return typeof value === 'string' && value !== '' ? value : undefined;
	};

	return {
		at,
		list,
		text,
		/** Words between blanks or commas. */
		words: (key: string): readonly string[] => list(key).flatMap(value => value.split(/[\s,]+/v)).filter(word => word !== ''),
		/** PEP 508 requirements between commas. */
		requirements(key: string): readonly string[] | undefined {
			if (!section.keys.has(key)) {
				asked.push(key);
				return undefined;
			}

			const texts = list(key).flatMap(value => splitRequirements(value));
			for (const requirement of texts) {
				collect(problems, () => parseRequirement(requirement, at(key)));
			}

			return texts;
		},
		end(): void {
			for (const key of unread.keys()) {
				problems.push(new BuildError('STX0406', `\`${key}\` is not a key of [${header}]`, {at: at(key), hint: `its keys are ${asked.map(name => `\`${name}\``).join(', ')}`}));
			}
		},
	};
}

/** Splits at the commas between requirements: not at those of extras, nor at those between the parts of a specifier. */
export function splitRequirements(text: string): readonly string[] {
	const found: string[] = [];
	let depth = 0;
	let current = '';
	for (const part of text.split(/(?<mark>[,\[\]\(\)])/v)) {
		if (part === '[' || part === '(') {
			depth += 1;
		} else if (part === ']' || part === ')') {
			depth -= 1;
		}

		if (part === ',' && depth === 0) {
			found.push(current);
			current = '';
		} else {
			current += part;
		}
	}

	found.push(current);
	const joined: string[] = [];
	for (const piece of found.map(item => item.trim()).filter(item => item !== '')) {
		// A piece that starts with an operator goes on with the specifier of the one before.
		if (/^[<>=!~]/v.test(piece) && joined.length > 0) {
			joined.push(`${joined.pop()!},${piece}`);
		} else {
			joined.push(piece);
		}
	}

	return joined;
}

function nameOf(header: string, at: At): NormalizedName {
	try {
		return normalizeName(header);
	} catch (error) {
		throw new BuildError('STX0406', `[${header}] is not the name of a distribution`, {at, cause: error});
	}
}

function checkVersion(version: string, at: At): void {
	try {
		canonicalVersion(version);
	} catch (error) {
		throw new BuildError('STX0406', `\`${version}\` is not a version`, {at, cause: error, hint: 'see PEP 440: `1.0.5`, `1.0.5.post3`'});
	}
}
