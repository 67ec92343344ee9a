/** What a base image is called, by the rules of StarlingX's build-stx-base.sh. Pure. */
import {explainReference} from '../engine/index.js';
import {BuildError, throwProblems} from '../errors.js';
import type {Settings} from '../workspace/index.js';

export type BaseTagOptions = Pick<Settings, 'os' | 'codename' | 'arch' | 'stream' | 'registry' | 'user'> & {
	/** First word of the tags, if there is one. */
	readonly prefix: string | undefined;
	/** By itself the version of the OS. */
	readonly version: string;
	readonly push: boolean;
	readonly latest: boolean;
	/** Last word of the latest tags. */
	readonly latestTag: string;
};

/** References. `image` is local too; the others are there when it is pushed. */
export type BaseTags = {
	readonly image: string;
	readonly latest?: string;
	readonly legacy?: string;
	readonly legacyLatest?: string;
};

/**
The names of a base image:

	image         [REGISTRY/]USER/stx-OS:[PREFIX-]CODENAME-ARCH-STREAM-VERSION
	latest        [REGISTRY/]USER/stx-OS:[PREFIX-]CODENAME-ARCH-STREAM-LATEST_TAG
	legacy        [REGISTRY/]USER/stx-OS:[PREFIX-]STREAM-VERSION, of bullseye on amd64
	legacyLatest  [REGISTRY/]USER/stx-OS:[PREFIX-]STREAM-LATEST_TAG

@throws BuildError STX0609 for each that no registry takes.
*/
export function planBaseTags({os, codename, arch, stream, registry, user, prefix, version, push, latest, latestTag}: BaseTagOptions): BaseTags {
	const name = (...words: ReadonlyArray<string | undefined>): string =>
		`${registry === undefined ? '' : `${registry}/`}${user}/stx-${os}:${[prefix, ...words].filter(word => word !== undefined && word !== '').join('-')}`;
	const isLegacy = push && os === 'debian' && codename === 'bullseye' && arch === 'amd64';
	const tags: BaseTags = {
		image: name(codename, arch, stream, version),
		...(push && latest && {latest: name(codename, arch, stream, latestTag)}),
		...(isLegacy && {legacy: name(stream, version), ...(latest && {legacyLatest: name(stream, latestTag)})}),
	};
	throwProblems(Object.values(tags).flatMap(reference => {
		const wrong = explainReference(reference);
		return wrong ? [new BuildError('STX0609', wrong.what, {hint: wrong.hint})] : [];
	}));
	return tags;
}
