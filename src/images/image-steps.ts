/** The steps of an image: what their inputs and results hold. */
import type {Digest} from '../plan/index.js';
import type {WheelRef} from '../wheels/index.js';
import type {VerifySpec} from './directives/directive.js';
import type {ImageTags} from './publish/plan-image-tags.js';

/** A file that is taken from the dialect, with the digest it had when the plan was made. */
export type PlannedFile = {readonly name: string; readonly digest: Digest};

export type ImageBuildInputs = {
	readonly label: string;
	readonly builder: string;
	/** The directive's file. */
	readonly directive: string;
	readonly dialect: string;
	/** Folder of the dialect's files. */
	readonly folder: string;
	readonly files: readonly PlannedFile[];
	/** Id of the step that gives the base image. */
	readonly base: string;
	/** Without FROM, which is the base image's reference. */
	readonly buildArgs: Readonly<Record<string, string>>;
	readonly wheels: readonly WheelRef[];
	/** What the tags are, or would be when the image is pushed. */
	readonly tags: ImageTags;
	/** Folder in which a build makes its context, a folder of its own that is gone with it. */
	readonly context: string;
	readonly log: string;
};

export type StagedWheel = {readonly name: string; readonly version: string; readonly filename: string; readonly digest: Digest};

export type ImageBuildResult = {
	/** Id in the engine. */
	readonly image: string;
	readonly base: {readonly image: string; readonly reference: string};
	readonly wheels: readonly StagedWheel[];
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

export type ImageVerifyResult = {readonly image: string; readonly checks: readonly Check[]; readonly seconds: number};

export type ImageTagInputs = {readonly label: string; readonly verify: string; readonly references: readonly string[]};

export type ImageTagResult = {readonly image: string; readonly references: readonly string[]};

export type ImageListInputs = {readonly files: readonly string[]};

export type ImagePushInputs = {
	readonly label: string;
	readonly tag: string;
	/** Id of the step that writes the record. */
	readonly record: string;
	/** In this order. A legacy reference that cannot be pushed is a warning, as in StarlingX. */
	readonly push: ReadonlyArray<{readonly reference: string; readonly list: string; readonly legacy: boolean}>;
};

export type ImagePushResult = {readonly image: string; readonly pushed: ReadonlyArray<{readonly reference: string; readonly digest: string}>};

export type ImageRecordInputs = {
	readonly label: string;
	readonly directive: string;
	readonly dialect: string;
	readonly build: string;
	readonly verify: string;
	readonly tag: string;
	/** Key of the image. */
	readonly key: string;
	readonly file: string;
};

export type ImageRecordResult = {readonly image: string; readonly reference: string; readonly file: string; readonly digest: Digest};
