import {BuildError, collect, throwProblems} from '../../errors.js';
import {parseRequirement, type Requirement} from '../../python/index.js';
import type {WheelRoots} from '../../wheels/index.js';
import {
	locationOf, valueOf, wordsOf, type Directive, type DirectiveKey,
} from '../directives/directive.js';
import type {Project} from '../projects/read-project.js';
import type {DialectData} from './dialect.js';
import {selectPackages} from './parse-package-table.js';
import {planBuildArguments} from './plan-build-arguments.js';
import {projectSource} from './project-source.js';

/** The distributions that a key of the directive names. */
export function requirementsOf(directive: Directive, key: DirectiveKey): readonly Requirement[] {
	const problems: BuildError[] = [];
	const at = locationOf(directive, key);
	const requirements = wordsOf(directive, key).flatMap(word => {
		const requirement = collect(problems, () => parseRequirement(word, at));
		if (requirement?.url !== undefined) {
			problems.push(new BuildError('STX0607', `\`${requirement.name}\` in \`${key}\` is to come from a URL`, {at, hint: 'name the distribution; its wheel is taken from the wheels tarball'}));
		}

		return requirement ? [requirement] : [];
	});
	throwProblems(problems);
	return requirements;
}

/**
What the wheels must hold for an image: its project, PIP_PACKAGES and UPGRADE_PIP_PACKAGES, what the dialect installs
with the project and its profiles, and what the dialect itself needs. A project that is built in the image itself is not
among them: what it requires is, and what its build needs. Images that are not built with LOCI have no roots.

@param project at its commit, where it comes from a repository.
@returns PEP 508 texts, each once, sorted.
@throws BuildError STX0604, STX0607, and those of `parseRequirement`: all for which the image cannot be built.
*/
export function imageRoots(directive: Directive, dialect: DialectData, project?: Project): WheelRoots {
	if (directive.builder !== 'loci') {
		return {label: directive.label, requirements: [], at: locationOf(directive, 'BUILDER')};
	}

	const problems: BuildError[] = [];
	collect(problems, () => planBuildArguments(directive, dialect));
	const named = (['PIP_PACKAGES', 'UPGRADE_PIP_PACKAGES'] as const).flatMap(key => collect(problems, () => requirementsOf(directive, key)) ?? []);
	throwProblems(problems);
	const source = projectSource(directive);
	const requirements = [
		...(source.kind === 'index' ? [`${source.distribution}${source.version === undefined ? '' : `==${source.version}`}`] : []),
		...named.map(({text}) => text),
		...(project ? [...project.requires.filter(text => !isExtra(text)), ...project.buildRequires] : []),
		...(source.kind === 'none' && !dialect.pydepForInfra ? [] : selectPackages(dialect.pydep, [valueOf(directive, 'PROJECT'), ...dialect.pydepProfiles, ...wordsOf(directive, 'PROFILES')])),
		...selectPackages(dialect.toolchain, []),
	];
	return {label: directive.label, requirements: [...new Set(requirements)].toSorted(), at: locationOf(directive, 'PIP_PACKAGES')};
}

/** Whether a requirement holds for an extra of its project only; LOCI asks for none. */
const isExtra = (text: string): boolean => /\bextra\s*==/v.test(text);
