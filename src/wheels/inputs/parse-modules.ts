/** wheels/modules.ini, the list of local modules. */
import {BuildError, collect, throwProblems} from '../../errors.js';
import {canonicalVersion, type NormalizedName} from '../../python/index.js';
import {parseIni} from '../../workspace/index.js';
import {
	namedSections, nameOfSection, sectionReader, type At,
} from './parse-section.js';

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
		const name = collect(problems, () => nameOfSection(header, at));
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

function checkVersion(version: string, at: At): void {
	try {
		canonicalVersion(version);
	} catch (error) {
		throw new BuildError('STX0406', `\`${version}\` is not a version`, {at, cause: error, hint: 'see PEP 440: `1.0.5`, `1.0.5.post3`'});
	}
}
