/** The ini files of wheels/: a section for each distribution, each key read once, and what is left is unknown. */
import {BuildError, collect} from '../../errors.js';
import {normalizeName, parseRequirement, type NormalizedName} from '../../python/index.js';
import type {IniFile, IniSection, IniValue} from '../../workspace/index.js';

export type At = {readonly file: string; readonly line: number};

/** The sections of a file in which each section is a distribution. Keys before the first header are told. */
export function namedSections(ini: IniFile, problems: BuildError[]): ReadonlyArray<[string, IniSection]> {
	for (const [key, {line}] of ini.sections.get('')?.keys ?? []) {
		problems.push(new BuildError('STX0406', `\`${key}\` stands before the first section`, {at: {file: ini.file, line}, hint: 'write the [NAME] of its distribution above it'}));
	}

	return [...ini.sections].filter(([header]) => header !== '');
}

/** Reads the keys of one section, each once; what is left at the end is unknown. */
export function sectionReader(section: IniSection, header: string, file: string, problems: BuildError[]) {
	const unread = new Map<string, IniValue>(section.keys);
	const take = (key: string): IniValue | undefined => {
		const found = unread.get(key);
		unread.delete(key);
		return found;
	};

	const at = (key: string): At => ({file, line: section.keys.get(key)?.line ?? section.line});
	const asked: string[] = [];
	const list = (key: string, written = `${key}[]`): readonly string[] => {
		asked.push(written);
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
		has: (key: string): boolean => section.keys.has(key),
		/** The values of `key[] = …` lines. */
		list: (key: string): readonly string[] => list(key),
		text,
		/** Words between blanks or commas. */
		words: (key: string): readonly string[] => list(key, key).flatMap(value => value.split(/[\s,]+/v)).filter(word => word !== ''),
		/** PEP 508 requirements between commas. */
		requirements(key: string): readonly string[] | undefined {
			if (!section.keys.has(key)) {
				asked.push(key);
				return undefined;
			}

			const texts = list(key, key).flatMap(value => splitRequirements(value));
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

/** @throws BuildError STX0406 for a header that is not the name of a distribution. */
export function nameOfSection(header: string, at: At): NormalizedName {
	try {
		return normalizeName(header);
	} catch (error) {
		throw new BuildError('STX0406', `[${header}] is not the name of a distribution`, {at, hint: 'use ASCII letters, digits, `.`, `_` and `-`, with a letter or digit first and last', cause: error});
	}
}
