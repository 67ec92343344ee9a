/** From the values of a directive to the build arguments of its dialect. Pure. */
import {BuildError, collect, throwProblems} from '../../errors.js';
import {maskSecrets} from '../../mask-secrets.js';
import {
	locationOf, valueOf, wordsOf, type Directive, type DirectiveKey,
} from '../directives/directive.js';
import type {Project} from '../projects/read-project.js';
import type {DialectData} from './dialect.js';
import {spiceRepository} from './image-sources.js';
import {projectSource, type ProjectSource} from './project-source.js';

/** Keys that are no build arguments: PYTHON3 has one value left, and MIRROR_LOCAL says where the source is. */
const otherKeys = new Set<DirectiveKey>(['BUILDER', 'LABEL', 'IMAGE_UPDATE_VER', 'PYTHON3', 'MIRROR_LOCAL']);

/** Keys whose build argument has another name. */
const otherNames: Partial<Record<DirectiveKey, string>> = {PROJECT_UID: 'UID', PROJECT_GID: 'GID'};

/** Keys that say something even when they are empty: they have defaults that are not. */
const meantEmpty = new Set<DirectiveKey>(['POSTBUILD_REMOVE_PYTHON_PACKAGES', 'POSTBUILD_REMOVE_OS_PACKAGES']);

/** A name of a Debian package, as apt-get takes it: with an architecture, a version or a release. */
const debianPackage = /^[\da-z][-+.\da-z]+(?::[-\da-z]+)?(?:=[-\w+.:~]+|\/[-\w.]+)?$/;

/** Where the wheels are while an image is built. */
const mountedWheels = '/mnt/wheels';

/**
The build arguments of an image, without FROM.

@param project at its commit, where it comes from a repository and is known already.
@throws BuildError STX0604, STX0607: all that the dialect cannot do.
*/
export function planBuildArguments(directive: Directive, dialect: DialectData, project?: Project): Readonly<Record<string, string>> {
	const problems: BuildError[] = [];
	const refuse = (key: DirectiveKey, message: string, hint: string): void => {
		problems.push(new BuildError('STX0607', message, {at: locationOf(directive, key), hint}));
	};

	const source = collect(problems, () => projectSource(directive));
	if (source?.kind === 'git' && !dialect.loci) {
		refuse('PROJECT_REPO', `\`${directive.label}\` is built from the git repository \`${maskSecrets(source.url)}\`, and the dialect \`${dialect.name}\` installs projects from the package index only`, 'build it with --dialect pinned; or write PROJECT_REPO=pypi, or pypi:<distribution> where its name there is another, and the version as PROJECT_REF');
	}

	if (valueOf(directive, 'PYTHON3') === 'no') {
		refuse('PYTHON3', `\`${directive.label}\` asks for Python 2`, 'stx-build makes images with Python 3 only: remove PYTHON3=no');
	}

	for (const name of directive.values.has('DIST_PACKAGES') ? valueOf(directive, 'DIST_PACKAGES').split(' ').filter(Boolean) : []) {
		if (!debianPackage.test(name)) {
			problems.push(new BuildError('STX0604', `\`${name}\` in \`DIST_PACKAGES\` cannot be a Debian package`, {at: locationOf(directive, 'DIST_PACKAGES'), hint: 'write names of packages with blanks between them'}));
		}
	}

	problems.push(...refuseUnpinned(directive, dialect));
	const buildArguments: Record<string, string> = {};
	for (const [key, {value}] of directive.values) {
		const name = otherNames[key] ?? key;
		if (otherKeys.has(key) || (value === '' && !meantEmpty.has(key))) {
			continue;
		}

		if (dialect.arguments.has(name)) {
			buildArguments[name] = value;
		} else if (value !== 'no') {
			refuse(key, `the dialect \`${dialect.name}\` does not know \`${key}\``, `remove ${key}, or build \`${directive.label}\` with another dialect`);
		}
	}

	throwProblems(problems);
	const all = {...(dialect.loci && ofLoci(dialect, source!, project)), ...buildArguments};
	return Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => a < b ? -1 : 1));
}

/** What the directive does not say itself: StarlingX's own arguments, and the project at its commit. */
function ofLoci({arguments: declared}: DialectData, source: ProjectSource, project: Project | undefined): Readonly<Record<string, string>> {
	const distribution = source.kind === 'index' ? source.distribution : project?.name;
	const given: Readonly<Record<string, string | undefined>> = {
		WHEELS: mountedWheels,
		WHEELS_PATH: mountedWheels,
		SPICE_REPO: spiceRepository,
		PROJECT_COMMIT: project?.commit,
		PROJECT_DISTRIBUTION: distribution,
		PROJECT_VERSION: project?.version,
	};
	return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined && declared.has(entry[0])));
}

/** What LOCI would fetch by itself while the image is built. */
function refuseUnpinned(directive: Directive, {name, loci}: DialectData): readonly BuildError[] {
	const refused = (key: DirectiveKey, word: string): BuildError => new BuildError('STX0607', `for \`${word}\` LOCI fetches files that nobody has pinned while the image is built, which the dialect \`${name}\` does not let it do`, {
		at: locationOf(directive, key), hint: key === 'PROFILES' ? `take \`${word}\` out of PROFILES, and name Debian's package in DIST_PACKAGES` : `leave \`${directive.label}\` out with --skip`,
	});
	return [
		...(loci?.refused.projects ?? []).filter(project => project === valueOf(directive, 'PROJECT')).map(project => refused('PROJECT', project)),
		...(loci?.refused.profiles ?? []).filter(profile => wordsOf(directive, 'PROFILES').includes(profile)).map(profile => refused('PROFILES', profile)),
	];
}
