/** The tags of an image, by the rules of StarlingX's build-stx-images.sh. Pure. */
import path from 'node:path';
import {explainReference} from '../../engine/index.js';
import {BuildError, throwProblems} from '../../errors.js';
import {imagesFolder, type Settings} from '../../workspace/index.js';
import {locationOf, valueOf, type Directive} from '../directives/directive.js';

export type TagSettings = Pick<Settings, 'os' | 'codename' | 'arch' | 'stream' | 'registry' | 'user' | 'localUser' | 'prefix' | 'latestPrefix' | 'osLabel'>;

export type TagOptions = {
	/** Version of the build; StarlingX's default is the time in UTC, `%Y.%m.%d.%H.%M`. Empty for none. */
	readonly version: string;
	readonly latest: boolean;
	/** OS label of the tags of older releases. By itself given on bullseye for amd64 only: the OS. */
	readonly legacyOsLabel?: string;
};

/** References. `build` is local; the others are what is pushed. */
export type ImageTags = {
	readonly build: string;
	readonly versioned: string;
	readonly latest?: string;
	readonly legacy?: string;
	readonly legacyLatest?: string;
};

/** The OS label of older releases' tags, where there are any. */
export const legacyOsLabel = ({os, codename, arch}: TagSettings, {legacyOsLabel: given}: Pick<TagOptions, 'legacyOsLabel'>): string | undefined =>
	given ?? (os === 'debian' && codename === 'bullseye' && arch === 'amd64' ? os : undefined);

/**
The tags of an image:

	build         LOCAL_USER/LABEL:[PREFIX-]OS_LABEL-STREAM-build
	versioned     [REGISTRY/]USER/LABEL:[PREFIX-]OS_LABEL-STREAM[-VERSION].IMAGE_UPDATE_VER
	latest        [REGISTRY/]USER/LABEL:[LATEST_PREFIX-|PREFIX-]OS_LABEL-STREAM-latest
	legacy        as versioned, with the OS label of older releases
	legacyLatest  as latest, with the OS label of older releases

@throws BuildError STX0609 for each reference that no registry takes.
*/
export function planImageTags(directive: Directive, settings: TagSettings, options: TagOptions): ImageTags {
	const {registry, user, localUser, prefix, latestPrefix, osLabel, stream} = settings;
	const remote = `${registry === undefined ? '' : `${registry}/`}${user}/${directive.label}`;
	const join = (...parts: ReadonlyArray<string | undefined>): string => parts.filter(part => part !== undefined && part !== '').join('-');
	const update = Number(valueOf(directive, 'IMAGE_UPDATE_VER'));
	const versioned = (label: string): string => `${remote}:${join(prefix, label, stream, options.version)}.${update}`;
	const latest = (label: string): string => `${remote}:${join((latestPrefix ?? '') === '' ? prefix : latestPrefix, label, stream, 'latest')}`;
	const legacyLabel = legacyOsLabel(settings, options);
	const tags: ImageTags = {
		build: `${localUser}/${directive.label}:${join(prefix, osLabel, stream, 'build')}`,
		versioned: versioned(osLabel),
		...(options.latest && {latest: latest(osLabel)}),
		...(legacyLabel !== undefined && {legacy: versioned(legacyLabel), ...(options.latest && {legacyLatest: latest(legacyLabel)})}),
	};
	// What is right with any other version is not wrong in the directive.
	const isOfVersion = options.version !== '' && explainReference(tags.versioned) !== undefined && explainReference(`${remote}:${join(prefix, osLabel, stream, '1')}.${update}`) === undefined;
	throwProblems(Object.values(tags).flatMap(reference => checkReference(reference, isOfVersion ? undefined : directive)));
	return tags;
}

/** @param directive where the label is; undefined where the version is what is wrong. */
function checkReference(reference: string, directive: Directive | undefined): readonly BuildError[] {
	const wrong = explainReference(reference);
	if (!wrong) {
		return [];
	}

	return [new BuildError('STX0609', wrong.what, directive ? {at: locationOf(directive, 'LABEL'), hint: wrong.hint} : {hint: `give another --version: ${wrong.hint}`})];
}

/** A list for each kind of tag that is pushed. */
export type ImageLists = Readonly<Partial<Record<Exclude<keyof ImageTags, 'build'>, string>>>;

/** StarlingX's lists of what was pushed: for each kind of tag that an image gets the file, absolute. */
export function planImageLists(settings: TagSettings & Pick<Settings, 'workspace'>, options: Pick<TagOptions, 'latest' | 'legacyOsLabel'>): ImageLists {
	const file = (label: string, kind: 'versioned' | 'latest'): string => path.join(imagesFolder(settings), `images-${label}-${settings.stream}-${kind}.lst`);
	const legacy = legacyOsLabel(settings, options);
	return {
		versioned: file(settings.osLabel, 'versioned'),
		...(options.latest && {latest: file(settings.osLabel, 'latest')}),
		...(legacy !== undefined && {legacy: file(legacy, 'versioned'), ...(options.latest && {legacyLatest: file(legacy, 'latest')})}),
	};
}
