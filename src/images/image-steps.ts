/** The steps of an image: what their inputs and results hold. */
import type {Labels} from '../engine/index.js';
import type {Digest} from '../plan/index.js';
import type {Name, Published} from '../registry/index.js';
import type {WheelRef} from '../wheels/index.js';
import type {DialectFile} from './dialects/dialect.js';
import type {VerifySpec} from './directives/directive.js';
import type {ImageTags} from './publish/plan-image-tags.js';

/** A file that is taken from the dialect, with the digest it had when the plan was made. */
export type PlannedFile = {readonly name: string; readonly digest: Digest};

/** A source from git that an image is built from. */
export type PlannedSource = {
	/** Of its folder in the build context. */
	readonly name: string;
	readonly url: string;
	readonly commit: string;
	/** Id of the step that gives its tree. */
	readonly step: string;
};

export type ImageBuildInputs = {
	readonly label: string;
	readonly builder: string;
	/** The directive's file. */
	readonly directive: string;
	readonly dialect: string;
	readonly files: readonly DialectFile[];
	readonly sources: readonly PlannedSource[];
	/** Id of the step that gives the base image. */
	readonly base: string;
	/** Without FROM, which is the base image's reference. */
	readonly buildArgs: Readonly<Record<string, string>>;
	readonly wheels: readonly WheelRef[];
	/** Of the project, where it is one and its version is known. */
	readonly version: string | null;
	/** What the tags are, or would be when the image is pushed. */
	readonly tags: ImageTags;
	/** Folder in which a build makes its context, a folder of its own that is gone with it. */
	readonly context: string;
	readonly log: string;
};

export type StagedWheel = {readonly name: string; readonly version: string; readonly filename: string; readonly digest: Digest};

/** The base image that an image was built from. */
export type UsedBase = {
	readonly image: string;
	readonly reference: string;
	/** Of the manifest in the registry; not there where none was asked. */
	readonly digest?: string;
};

export type ImageBuildResult = {
	/** Id in the engine. */
	readonly image: string;
	/** Null where the image has nothing of it. */
	readonly base: UsedBase | null;
	/** The commit that it was built from, for the builders docker and script. */
	readonly source?: {readonly url: string; readonly commit: string};
	/** Images of others that its Dockerfile begins with or copies from; without a digest where no registry was asked. */
	readonly from?: ReadonlyArray<{readonly reference: string; readonly image: string; readonly digest: string | null}>;
	/** Digest of the wheels tarball that its Dockerfile was given. */
	readonly tarball?: Digest;
	readonly wheels: readonly StagedWheel[];
	/** What the build wrote into the image of where it comes from. */
	readonly labels: Labels;
	/** When the build ended, ISO 8601 in UTC. */
	readonly built: string;
	readonly seconds: number;
};

export type ImageVerifyInputs = {
	readonly label: string;
	readonly directive: string;
	/** Id of the step that builds the image. */
	readonly build: string;
	readonly verifier: {readonly file: string; readonly digest: Digest};
	readonly expected: Expected;
	readonly spec: VerifySpec;
	/** The file that `spec` is in; null where there is none. */
	readonly specFile: string | null;
	readonly log: string;
};

/** What an image must hold. Names of distributions as written. */
export type Expected = {
	readonly distributions: ReadonlyArray<{readonly name: string; readonly version?: string}>;
	readonly packages: readonly string[];
	readonly absent: {readonly distributions: readonly string[]; readonly packages: readonly string[]};
	/** Distributions whose console scripts must answer. */
	readonly scripts: readonly string[];
	/** Distributions whose console scripts should load. */
	readonly loads: readonly string[];
};

export type Check = {
	readonly check: string;
	readonly status: 'passed' | 'failed' | 'warning';
	readonly seconds: number;
	/** What was found, or what went wrong. */
	readonly detail: string;
};

/** What is installed in an image: versions by names. */
export type Inventory = {
	/** Packages of the distribution, as its package manager names them. */
	readonly packages: Readonly<Record<string, string>>;
	/** Python distributions, by their normalized names. */
	readonly distributions: Readonly<Record<string, string>>;
};

/**
What was tried and found good, with what is known of its build: two builds of one key may give two images, and what one
run keeps another one takes. So each result has with it all that it is about, and no step puts it together from others.

@template Build what the build gave.
*/
export type ImageVerifyResult<Build extends {readonly image: string} = ImageBuildResult> = {
	readonly image: string;
	readonly build: Build;
	readonly checks: readonly Check[];
	/** Not there where the image could not be asked from inside. */
	readonly inventory?: Inventory;
	readonly seconds: number;
};

export type ImageTagInputs = {readonly label: string; readonly verify: string; readonly references: readonly string[]};

export type ImageTagResult<Build extends {readonly image: string} = ImageBuildResult> = {
	readonly image: string;
	readonly references: readonly string[];
	/** How the image was found good that has the names. */
	readonly verified: ImageVerifyResult<Build>;
};

/** The lists, each with the references that this build pushes, or has pushed: no others stay in it. */
export type ImageListInputs = {readonly lists: ReadonlyArray<{readonly file: string; readonly references: readonly string[]}>};

export type ImagePushInputs = {
	readonly label: string;
	readonly tag: string;
	/** Id of the step that writes the record. */
	readonly record: string;
	/** The record. */
	readonly file: string;
	/** In this order. */
	readonly push: ReadonlyArray<Name & {readonly list: string; readonly legacy: boolean}>;
	/** Labels of the images that come after this one in the lists. */
	readonly following: readonly string[];
	/** Whether names that have other images may be given to this one. */
	readonly overwrite: boolean;
	/** Whether the engine is to forget the image's names when it has been pushed under all of them. */
	readonly clean: boolean;
	/** Id of a step whose result says `names` that the engine is to forget as well. */
	readonly forget: string | null;
};

export type ImagePushResult = {
	readonly image: string;
	readonly pushed: readonly Published[];
};

export type ImageRecordInputs = {
	readonly label: string;
	readonly directive: string;
	readonly builder: string;
	/** Of the builder loci. */
	readonly dialect?: string | undefined;
	/** Id of the step that gives the image its names. */
	readonly tag: string;
	/** Key of the image. */
	readonly key: string;
	/** The file with the [verify] that it was tried with; null where there is none. */
	readonly specFile: string | null;
	readonly file: string;
	/** Whether the engine forgets the image when it has been pushed. */
	readonly clean: boolean;
};

export type ImageRecordResult = {readonly image: string; readonly reference: string; readonly file: string; readonly digest: Digest};
