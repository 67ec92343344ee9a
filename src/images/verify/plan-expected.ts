/** From the values of a directive to what its image must hold. Pure. */
import {normalizeName} from '../../python/index.js';
import {wordsOf, type Directive} from '../directives/directive.js';
import type {Expected} from '../image-steps.js';
import {requirementsOf} from '../dialects/image-roots.js';
import type {Project} from '../projects/read-project.js';
import {projectSource} from '../dialects/project-source.js';

/**
What an image must hold, and what not: the distribution of its project with its console scripts, PIP_PACKAGES,
DIST_PACKAGES, and none of what is removed after the build.

@param project at its commit, where it comes from a repository.
@throws BuildError when a name is none.
*/
export function planExpected(directive: Directive, project?: Project): Expected {
	const source = projectSource(directive);
	const removed = {
		distributions: wordsOf(directive, 'POSTBUILD_REMOVE_PYTHON_PACKAGES'),
		packages: wordsOf(directive, 'POSTBUILD_REMOVE_OS_PACKAGES'),
	};
	const gone = new Set<string>(removed.distributions.map(name => normalizeName(name)));
	const own = source.kind === 'index' ? [{name: source.distribution, ...(source.version !== undefined && {version: source.version})}] : (project?.name === undefined ? [] : [{name: project.name, version: project.version}]);
	const named = requirementsOf(directive, 'PIP_PACKAGES').filter(({normalized, marker}) => !gone.has(normalized) && marker === undefined).map(({name}) => ({name}));
	return {
		distributions: [...own, ...named],
		packages: wordsOf(directive, 'DIST_PACKAGES').map(word => word.replace(/[/:=].*$/, '')).filter(name => !removed.packages.includes(name)),
		absent: removed,
		scripts: own.map(({name}) => name),
		loads: source.kind === 'none' ? named.map(({name}) => name) : [],
	};
}
