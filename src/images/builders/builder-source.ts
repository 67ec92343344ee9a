/** What the builders docker and script are given, as it was read before anything is planned. */
import type {SourceLocation} from '../../errors.js';
import type {Digest, Key} from '../../plan/index.js';
import type {PlannedFile} from '../image-steps.js';

/** A repository at a branch, a tag or a commit, and patches for it: files by their absolute paths. */
export type WantedTree = {
	readonly url: string;
	readonly ref: string;
	readonly patches: readonly PlannedFile[];
	readonly at: SourceLocation;
};

/** Where in a repository the context and the Dockerfile are, from its top. */
export type PlaceInRepository = {readonly context: string; readonly dockerfile: string};

export type BuilderSource
	/** A folder of this machine with its Dockerfile, inside or outside of it. */
	= | {readonly kind: 'folder'; readonly context: string; readonly digest: Key; readonly dockerfile: PlannedFile; readonly text: string}
		| {readonly kind: 'repository'; readonly tree: WantedTree; readonly takesWheels: boolean; readonly place?: PlaceInRepository}
		/** A script, by its path below the directive's folder and in the checkout. */
		| {readonly kind: 'script'; readonly tree: WantedTree; readonly script: PlannedFile; readonly place: string};

export type BuilderSources = {
	/** What each image is made from, by label. */
	readonly sources: ReadonlyMap<string, BuilderSource>;
	/** Of build-config/builders, absolute. */
	readonly postbuild: PlannedFile;
	readonly tester: PlannedFile;
};

/** The file name of a tarball of wheels, as the last part of its address. */
export type TarballSource = {readonly name: string} & ({readonly step: string; readonly key: Key} | {readonly file: string; readonly digest: Digest});
