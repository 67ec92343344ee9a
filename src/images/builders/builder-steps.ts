/** The steps of images that are not built with LOCI: what their inputs hold. Their results are those of all images. */
import type {Digest} from '../../plan/index.js';
import type {PlannedFile} from '../image-steps.js';
import type {ImageTags} from '../publish/plan-image-tags.js';
import type {PlaceInRepository} from './builder-source.js';
import type {Postbuild} from './format-postbuild.js';

type Common = {
	readonly label: string;
	/** The directive's file. */
	readonly directive: string;
	readonly tags: ImageTags;
	/** Id of the step that gives the base image; null where it is not used. */
	readonly base: string | null;
	readonly postbuild: Postbuild;
	/** build-config/builders/postbuild.sh */
	readonly postbuildScript: PlannedFile;
	/** Folder in which a build makes its context, a folder of its own that is gone with it. */
	readonly context: string;
	readonly log: string;
};

/** The tree of a repository: the step whose result it is, and patches for it. */
export type PlannedTree = {
	readonly step: string;
	readonly url: string;
	readonly commit: string;
	readonly patches: readonly PlannedFile[];
};

export type DockerImageInputs = Common & {
	readonly builder: 'docker';
	readonly source:
		| {readonly kind: 'folder'; readonly context: string; readonly digest: string; readonly dockerfile: PlannedFile}
		| ({readonly kind: 'repository'; readonly place: PlaceInRepository | null} & PlannedTree);
	/** The wheels tarball, for an image that takes it: a step whose result says where it is, or a file that is there. */
	readonly wheels: {readonly name: string; readonly step: string} | {readonly name: string; readonly file: string; readonly digest: Digest} | null;
};

export type ScriptImageInputs = Common & {
	readonly builder: 'script';
	readonly source: PlannedTree;
	/** The script, and its place in the checkout. */
	readonly script: PlannedFile;
	readonly place: string;
	readonly args: readonly string[];
	/** Whether it runs on this machine itself, and not in a container. */
	readonly onHost: boolean;
};

export type ImageTryInputs = {
	readonly label: string;
	readonly directive: string;
	/** Id of the step that builds the image. */
	readonly build: string;
	/** build-config/builders/try-image.sh */
	readonly tester: PlannedFile;
	readonly absent: {readonly distributions: readonly string[]; readonly packages: readonly string[]};
	/** Shell commands that must succeed in it, in their order. */
	readonly setup: readonly string[];
	/** The file that they are in; null where there is none. */
	readonly specFile: string | null;
	readonly log: string;
};
