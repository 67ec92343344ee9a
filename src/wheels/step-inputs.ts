/** The steps of the wheels: what their inputs and results hold. */
import type {Digest, Key} from '../plan/index.js';
import type {NormalizedName} from '../python/index.js';
import type {BuildLimits, PlannedBuild} from './build/plan-build.js';
import type {LeftOut} from './inputs/inputs.js';

/** Where a wheel is found: in the result of a step, or in the store. */
export type WheelRef = {readonly name: NormalizedName; readonly version: string} & (
	| {readonly step: string}
	| {readonly filename: string; readonly digest: Digest; readonly size: number}
);

/** The result of a step that gives a file. `metadata` is there for wheels. */
export type FileResult = {
	readonly filename: string;
	readonly digest: Digest;
	readonly size: number;
	readonly metadata?: {
		readonly name: string;
		readonly version: string;
		readonly requiresDist: readonly string[];
	};
};

export type BuilderInputs = {
	/** What it is made from, the base image or another builder: the step that makes it, or its reference. */
	readonly base: {readonly step: string} | {readonly reference: string};
	readonly packages: readonly string[];
	/** Folder of the Dockerfile. */
	readonly folder: string;
	readonly python: string;
};

export type BuildInputs = {
	readonly name: NormalizedName;
	readonly version: string;
	/** The sdist's step, that of the tree of a commit, or the local module's folder. */
	readonly source: {readonly step: string; readonly basedir?: string} | {readonly tree: string; readonly subfolder: string} | {readonly folder: string; readonly digest: Digest};
	/** Steps that give the wheels of the build's environment. */
	readonly environment: readonly string[];
	/** Variables of this build alone. */
	readonly env: Readonly<Record<string, string>>;
	/** Changes to the source, in their order. */
	readonly patches: PlannedBuild['patches'];
	/** The step that makes the container. */
	readonly builder: string;
	/** The step that makes the container in which the environment is made: the one that all others are made from. */
	readonly environmentBuilder: string;
	/** Folder of what runs in the builder. */
	readonly recipe: string;
} & BuildLimits;

export type TarballInputs = {
	readonly file: string;
	readonly lockInputs: Key;
	readonly globalRequirements: string;
	/** The members, with the steps that give them. */
	readonly wheels: ReadonlyArray<{readonly name: NormalizedName; readonly version: string; readonly step: string}>;
	/** Requirements by label, whose closure the tarball must hold. */
	readonly roots: Readonly<Record<string, readonly string[]>>;
	/** Lines of the wheel list that it does without. */
	readonly leftOut: readonly LeftOut[];
	/** Listed wheels that are there without what they need. */
	readonly unclosed: readonly NormalizedName[];
};
