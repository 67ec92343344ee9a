/** The wheels tarball as an image: its name by StarlingX's rules, and the step that sends it to a registry. Pure. */
import {explainReference} from '../../engine/index.js';
import {BuildError, throwProblems} from '../../errors.js';
import {keyed, type Step} from '../../plan/index.js';
import type {Name, Published} from '../../registry/index.js';
import type {Settings} from '../../workspace/index.js';

export type PushRequest = {
	/** The step that makes the tarball. */
	readonly tarball: Pick<Step, 'id' | 'key'>;
	/** Where the tarball is then. */
	readonly file: string;
	readonly settings: Pick<Settings, 'os' | 'arch' | 'stream' | 'registry' | 'user'>;
	readonly version: string;
	/** Whether this is to be what the tag `latest` names. */
	readonly latest: boolean;
	/** Whether names that have other images in the registry may be given to this one. */
	readonly overwrite: boolean;
	/** Whether the engine is to forget the image afterwards. */
	readonly clean: boolean;
};

export type PushInputs = {
	/** Id of the step that makes the tarball. */
	readonly tarball: string;
	readonly file: string;
	/** Debian's name of the architecture that the wheels are for. */
	readonly arch: string;
	/** With the version, and after it with the tag `latest`. */
	readonly names: readonly Name[];
	readonly overwrite: boolean;
	readonly clean: boolean;
};

export type PushResult = {
	/** Id in the engine. */
	readonly image: string;
	readonly pushed: readonly Published[];
};

/** Counted up when the same tarball would give another image. */
const imageRecipe = 1;

/**
Plans `wheels.push`: the tarball's members at the root of an image of one layer, which LOCI mounts as its wheels image,
named as StarlingX's build-wheel-tarball.sh names it: `[REGISTRY/]USER/stx-OS-STREAM-wheels:VERSION`, and `:latest`.

@throws BuildError STX0609 for a name that no registry takes.
*/
export function planPush({
	tarball, file, settings, version, latest, overwrite, clean,
}: PushRequest): Step {
	const {os, arch, stream, registry, user} = settings;
	const name = `${registry === undefined ? '' : `${registry}/`}${user}/stx-${os}-${stream}-wheels`;
	const references = [`${name}:${version}`, ...(latest ? [`${name}:latest`] : [])];
	throwProblems(references.flatMap(reference => {
		const wrong = explainReference(reference);
		return wrong ? [new BuildError('STX0609', wrong.what, {hint: wrong.hint})] : [];
	}));
	const inputs: PushInputs = {
		tarball: tarball.id, file, arch, names: references.map(reference => ({reference, moves: reference.endsWith(':latest')})), overwrite, clean,
	};
	return {
		id: 'wheels.push',
		kind: 'wheels.push',
		title: `push the wheels as ${references[0]!}`,
		group: 'wheels',
		needs: [tarball.id],
		...keyed({
			kind: 'wheels.push', recipe: imageRecipe, tarball: tarball.key, arch, references,
		}),
		inputs,
		uses: 'network',
		weight: 30,
		target: true,
	};
}
