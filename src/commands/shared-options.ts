/** Options that several commands share, each defined once, and what they say. */
import {Option} from 'clipanion';
import {BuildError} from '../errors.js';

export const services = (meaning: string) => Option.Array('--service,--only', {description: `IMAGES: ${meaning} (repeatable)`});
export const skipped = () => Option.Array('--skip', {description: 'IMAGES: images to leave out: labels, projects or globs, comma-separated (repeatable)'});
export const directiveFiles = () => Option.Array('--directive', {description: 'FILE: a directive file of a service outside build-config (repeatable)'});
export const fromSource = () => Option.String('--from-source', {description: 'WHEELS: what to build from its sdist though the index has a wheel: all, or names, comma-separated'});
export const fromIndex = () => Option.String('--from-index', {description: 'WHEELS: what to take from the index, where it has a wheel of the listed version, though the wheel list builds it: all, or names, comma-separated'});
export const allowUnusable = () => Option.Boolean('--allow-unusable', false, {description: 'go on without the lines of the wheel list that cannot be used, and name them'});
export const extraWheels = () => Option.Array('--extra-wheels-dir', {description: 'FOLDER: finished wheels that go into the tarball, in place of what else gives them (repeatable)'});
export const from = () => Option.String('--from', {description: 'REFERENCE: take the base image from a registry instead of making it from Debian packages'});
export const refresh = () => Option.Boolean('--refresh', false, {description: 'make the base image anew from today\'s Debian packages'});
export const push = () => Option.Boolean('--push', false, {description: 'push verified images to the registry'});
export const latest = () => Option.Boolean('--latest', false, {description: 'also give the latest tag'});
export const clean = () => Option.Boolean('--clean', false, {description: 'with --push: remove the images from the engine afterwards'});
/** @param which the tag that does not move by itself */
export const overwrite = (which = 'the versioned tag; by itself that is an error, and only latest tags move') => Option.Boolean('--overwrite', false, {description: `with --push: replace another image that has ${which}`});
export const imageVersion = () => Option.String('--version', {description: 'TEXT: version for the versioned tag (default: the time, as YYYY.MM.DD.HH.MM)'});

/** An option that is given names something: an empty variable of a shell must not stand for all. */
const namesNothing = (option: string, thing: string): BuildError =>
	new BuildError('STX0001', `${option} names no ${thing}`, {hint: `name one, or leave ${option} out; a variable of your shell may be empty`});

/**
The words of comma-separated lists, in their order; none where the option is not given.

@param lists what each use of the option was given.
@throws BuildError STX0001 when a list is empty.
*/
export const words = (option: string, thing: string, lists: string | readonly string[] | undefined): readonly string[] => [lists ?? []].flat().flatMap(list => {
	const named = list.split(',').map(word => word.trim()).filter(word => word !== '');
	if (named.length === 0) {
		throw namesNothing(option, thing);
	}

	return named;
});

/** What an option was given that takes one thing each time. @throws BuildError STX0001 when one is empty */
export function each(option: string, thing: string, given: readonly string[] | undefined): readonly string[] {
	if (given?.some(text => text.trim() === '')) {
		throw namesNothing(option, thing);
	}

	return given ?? [];
}

/** What an option was given that takes one thing. @throws BuildError STX0001 when it is empty */
export const one = (option: string, thing: string, given: string | undefined): string | undefined => each(option, thing, given === undefined ? undefined : [given])[0];

/** What --directive was given. */
export const directivesOf = (given: readonly string[] | undefined): readonly string[] => each('--directive', 'file', given);

/** What --extra-wheels-dir was given. */
export const extraFoldersOf = (given: readonly string[] | undefined): readonly string[] => each('--extra-wheels-dir', 'folder', given);

/** What the options of a command say of the base image. @throws BuildError STX0001 for two of them. */
export function baseChoices({base, from: source}: {readonly base: string | undefined; readonly from: string | undefined}) {
	if (base !== undefined && source !== undefined) {
		throw new BuildError('STX0001', '--base takes a base image as it is, and --from makes one', {hint: 'leave one of them out'});
	}

	return {from: source, image: base};
}

/** What the options of a command say of the images that it is about. */
export const imageChoices = ({service, skip, directives}: Readonly<Record<'service' | 'skip' | 'directives', readonly string[] | undefined>>) => ({
	only: words('--service', 'image', service), skip: words('--skip', 'image', skip), directiveFiles: directivesOf(directives),
});

/** What the options of a command say of where its wheels come from. */
export const wheelChoices = ({fromSource, fromIndex, allowUnusable, extraWheels}: {
	readonly fromSource: string | undefined; readonly fromIndex: string | undefined; readonly allowUnusable: boolean; readonly extraWheels: readonly string[] | undefined;
}) => ({
	fromSource: words('--from-source', 'wheel', fromSource), fromIndex: words('--from-index', 'wheel', fromIndex), allowUnusable, extraFolders: extraFoldersOf(extraWheels),
});
