/** Options that several commands share, each defined once, and what they say. */
import {Option} from 'clipanion';

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
export const imageVersion = () => Option.String('--version', {description: 'TEXT: version for the versioned tag (default: the time, as YYYY.MM.DD.HH.MM)'});

/** The words of a comma-separated list. */
export const words = (list: string | undefined): readonly string[] => (list ?? '').split(',').map(word => word.trim()).filter(word => word !== '');

/** What the options of a command say of the images that it is about. */
export const imageChoices = ({service, skip, directives}: Readonly<Record<'service' | 'skip' | 'directives', readonly string[] | undefined>>) => ({
	only: (service ?? []).flatMap(list => words(list)), skip: (skip ?? []).flatMap(list => words(list)), directiveFiles: directives ?? [],
});

/** What the options of a command say of where its wheels come from. */
export const wheelChoices = ({fromSource, fromIndex, allowUnusable, extraWheels}: {
	readonly fromSource: string | undefined; readonly fromIndex: string | undefined; readonly allowUnusable: boolean; readonly extraWheels: readonly string[] | undefined;
}) => ({
	fromSource: words(fromSource), fromIndex: words(fromIndex), allowUnusable, extraFolders: extraWheels ?? [],
});
