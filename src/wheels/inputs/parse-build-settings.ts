/** wheels/build-settings.ini: how single distributions are built. */
import {BuildError, collect, throwProblems} from '../../errors.js';
import {normalizeName, type NormalizedName} from '../../python/index.js';
import {parseIni} from '../../workspace/index.js';
import type {BuildSettings} from './inputs.js';
import {namedSections, nameOfSection, sectionReader} from './parse-section.js';

/**
@param file name for messages.
@throws BuildError STX0406 with all that is wrong; STX0101 and STX0103 from the ini reader.
*/
export function parseBuildSettings(text: string, file: string): ReadonlyMap<NormalizedName, BuildSettings> {
	const problems: BuildError[] = [];
	const settings = new Map<NormalizedName, BuildSettings>();
	for (const [header, section] of namedSections(parseIni(text, file), problems)) {
		const at = {file, line: section.line};
		const name = collect(problems, () => nameOfSection(header, at));
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
