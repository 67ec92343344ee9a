import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {BuildError, type SourceLocation} from '../../errors.js';
import {isRepositoryUrl, parseGitUrl} from '../../git-url.js';
import {maskSecrets} from '../../mask-secrets.js';
import {isName, tryParseVersion} from '../../python/index.js';
import {locationOf, valueOf, type Directive} from '../directives/directive.js';

/** Where the project of an image comes from. */
export type ProjectSource
	/** PROJECT=infra, PROJECT_REPO=nil: an image of packages only. */
	= | {readonly kind: 'none'}
	/** A distribution of the package index; without a version, the newest that the constraints allow. */
		| {readonly kind: 'index'; readonly distribution: string; readonly version?: string}
	/** A repository; `live` where somebody works in it, and what is committed there now counts. */
		| {readonly kind: 'git'; readonly url: string; readonly ref: string; readonly live: boolean};

/**
Reads PROJECT, PROJECT_REPO, PROJECT_REF and MIRROR_LOCAL. `pypi` and `pypi:<distribution>` are ours; the rest is LOCI's and
StarlingX's. With MIRROR_LOCAL=yes, PROJECT_REPO is a folder of this machine, and its HEAD is built whatever PROJECT_REF
says, as StarlingX has it.

@throws BuildError STX0604 when they do not go together; STX0915 for what names no repository.
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
		return gitSource(directive, {project, repo, ref});
	}

	if (valueOf(directive, 'MIRROR_LOCAL') === 'yes') {
		throw new BuildError('STX0604', `\`MIRROR_LOCAL=yes\` and \`PROJECT_REPO=${repo}\` do not go together`, {at: locationOf(directive, 'MIRROR_LOCAL'), hint: 'give the folder of a checkout as PROJECT_REPO, or remove MIRROR_LOCAL'});
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

function gitSource(directive: Directive, {project, repo, ref}: Readonly<Record<'project' | 'repo' | 'ref', string>>): ProjectSource {
	const at = locationOf(directive, 'PROJECT_REPO');
	if (valueOf(directive, 'MIRROR_LOCAL') === 'yes' && repo !== '' && !isRepositoryUrl(repo)) {
		const folder = path.isAbsolute(repo) ? repo : path.join(path.dirname(directive.file), repo);
		return {
			kind: 'git', url: pathToFileURL(folder).href, ref: 'HEAD', live: true,
		};
	}

	refuseAccount(repo, at);
	return {
		kind: 'git', url: parseGitUrl(repo === '' ? `https://opendev.org/openstack/${project}` : repo, at), ref: ref === '' ? 'master' : ref, live: false,
	};
}

/** The address of a source is in the plan, in the lock and in the image's history. @throws BuildError STX0604 */
export function refuseAccount(url: string, at: SourceLocation): void {
	if (maskSecrets(url) !== url) {
		throw new BuildError('STX0604', `\`${maskSecrets(url)}\` has a user name or a password`, {at, hint: 'take it out: git asks its credential helpers'});
	}
}
