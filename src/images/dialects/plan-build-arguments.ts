/** From the values of a directive to the build arguments of its dialect. Pure. */
import {BuildError, collect, throwProblems} from '../../errors.js';
import type {DialectData} from './dialect.js';
import {
	locationOf, valueOf, type Directive, type DirectiveKey,
} from '../directives/directive.js';
import {projectSource} from './project-source.js';

/** Keys that are no build arguments. */
const otherKeys = new Set<DirectiveKey>(['BUILDER', 'LABEL', 'IMAGE_UPDATE_VER', 'PYTHON3']);

/** Keys whose build argument has another name. */
const otherNames: Partial<Record<DirectiveKey, string>> = {PROJECT_UID: 'UID', PROJECT_GID: 'GID'};

/** Keys that say something even when they are empty: they have defaults that are not. */
const meantEmpty = new Set<DirectiveKey>(['POSTBUILD_REMOVE_PYTHON_PACKAGES', 'POSTBUILD_REMOVE_OS_PACKAGES']);

/** A name of a Debian package, as apt-get takes it: with an architecture, a version or a release. */
const debianPackage = /^[\da-z][-+.\da-z]+(?::[-\da-z]+)?(?:=[-\w+.:~]+|\/[-\w.]+)?$/;

/**
The build arguments of an image, without FROM.

@throws BuildError STX0604, STX0607: all that the dialect cannot do.
*/
export function planBuildArguments(directive: Directive, dialect: DialectData): Readonly<Record<string, string>> {
	const problems: BuildError[] = [];
	const refuse = (key: DirectiveKey, message: string, hint: string): void => {
		problems.push(new BuildError('STX0607', message, {at: locationOf(directive, key), hint}));
	};

	const source = collect(problems, () => projectSource(directive));
	if (source?.kind === 'git') {
		refuse('PROJECT_REPO', `\`${directive.label}\` is built from the git repository \`${withoutUser(source.url)}\`, and the dialect \`${dialect.name}\` installs projects from the package index only`, 'write PROJECT_REPO=pypi, or pypi:<distribution> where its name there is another, and the version as PROJECT_REF');
	}

	if (valueOf(directive, 'PYTHON3') === 'no') {
		refuse('PYTHON3', `\`${directive.label}\` asks for Python 2`, 'stx-build makes images with Python 3 only: remove PYTHON3=no');
	}

	for (const name of directive.values.has('DIST_PACKAGES') ? valueOf(directive, 'DIST_PACKAGES').split(' ').filter(Boolean) : []) {
		if (!debianPackage.test(name)) {
			problems.push(new BuildError('STX0604', `\`${name}\` in \`DIST_PACKAGES\` cannot be a Debian package`, {at: locationOf(directive, 'DIST_PACKAGES'), hint: 'write names of packages with blanks between them'}));
		}
	}

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
	return Object.fromEntries(Object.entries(buildArguments).toSorted(([a], [b]) => a < b ? -1 : 1));
}

/** A URL without user and password, which may be secret. */
const withoutUser = (url: string): string => url.replace(/(?<=:\/\/)[^\s/@]*@/, '');
