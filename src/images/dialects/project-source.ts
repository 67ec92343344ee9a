import {BuildError} from '../../errors.js';
import {isName, tryParseVersion} from '../../python/index.js';
import {locationOf, valueOf, type Directive} from '../directives/directive.js';

/** Where the project of an image comes from. */
export type ProjectSource
	/** PROJECT=infra, PROJECT_REPO=nil: an image of packages only. */
	= | {readonly kind: 'none'}
	/** A distribution of the package index; without a version, the newest that the constraints allow. */
		| {readonly kind: 'index'; readonly distribution: string; readonly version?: string}
		| {readonly kind: 'git'; readonly url: string; readonly ref: string};

/**
Reads PROJECT, PROJECT_REPO and PROJECT_REF. `pypi` and `pypi:<distribution>` are ours; the rest is LOCI's.

@throws BuildError STX0604 when they do not go together.
*/
export function projectSource(directive: Directive): ProjectSource {
	const project = valueOf(directive, 'PROJECT');
	const repo = valueOf(directive, 'PROJECT_REPO');
	const ref = valueOf(directive, 'PROJECT_REF');
	if (repo === 'nil' || project === 'infra') {
		if (project !== 'infra' || !['', 'nil'].includes(repo)) {
			throw new BuildError('STX0604', `\`PROJECT=${project}\` and \`PROJECT_REPO=${repo}\` do not go together`, {
				at: locationOf(directive, repo === 'nil' ? 'PROJECT' : 'PROJECT_REPO'), hint: 'write PROJECT=infra and PROJECT_REPO=nil for an image of packages only',
			});
		}

		return {kind: 'none'};
	}

	const [scheme, ...rest] = repo.split(':');
	if (scheme !== 'pypi') {
		return {kind: 'git', url: repo === '' ? `https://opendev.org/openstack/${project}` : repo, ref: ref === '' ? 'master' : ref};
	}

	const distribution = rest.length === 0 ? project : rest.join(':');
	if (!isName(distribution)) {
		throw new BuildError('STX0604', `\`${distribution}\` cannot be the name of a distribution`, {at: locationOf(directive, 'PROJECT_REPO'), hint: 'write PROJECT_REPO=pypi:<name on the package index>'});
	}

	if (ref !== '' && tryParseVersion(ref) === undefined) {
		throw new BuildError('STX0604', `\`${ref}\` cannot be the version of \`${distribution}\``, {at: locationOf(directive, 'PROJECT_REF'), hint: 'with PROJECT_REPO=pypi, PROJECT_REF is a version on the package index; leave it out for the newest that the constraints allow'});
	}

	return {kind: 'index', distribution, ...(ref !== '' && {version: ref})};
}
