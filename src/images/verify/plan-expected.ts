/** From the values of a directive to what its image must hold. Pure. */
import {normalizeName} from '../../python/index.js';
import {wordsOf, type Directive} from '../directives/directive.js';
import type {Expected} from '../image-steps.js';
import {requirementsOf} from '../dialects/image-roots.js';
import {projectSource} from '../dialects/project-source.js';

/**
What an image must hold, and what not: the distribution of its project with its console scripts, PIP_PACKAGES,
DIST_PACKAGES, and none of what is removed after the build.

@throws BuildError when a name is none.
*/
export function planExpected(directive: Directive): Expected {
	const source = projectSource(directive);
	const removed = {
		distributions: wordsOf(directive, 'POSTBUILD_REMOVE_PYTHON_PACKAGES'),
		packages: wordsOf(directive, 'POSTBUILD_REMOVE_OS_PACKAGES'),
	};
	const gone = new Set<string>(removed.distributions.map(name => normalizeName(name)));
	const project = source.kind === 'index' ? [{name: source.distribution, ...(source.version !== undefined && {version: source.version})}] : [];
	const named = requirementsOf(directive, 'PIP_PACKAGES').filter(({normalized, marker}) => !gone.has(normalized) && marker === undefined).map(({name}) => ({name}));
	return {
		distributions: [...project, ...named],
		packages: wordsOf(directive, 'DIST_PACKAGES').map(word => word.replace(/[/:=].*$/, '')).filter(name => !removed.packages.includes(name)),
		absent: removed,
		scripts: project.map(({name}) => name),
		loads: source.kind === 'none' ? named.map(({name}) => name) : [],
	};
}
