/**
What stx-build asks of a container engine. Nothing above this folder knows which engine answers.
*/
import type {Json} from '../plan/index.js';
import type {RunOptions, RunResult} from '../system/index.js';

export type EngineName = 'docker' | 'buildah';

/** A bind mount of a file or folder of the host. */
export type Mount = {readonly source: string; readonly target: string; readonly readOnly: boolean};

/** A file that `RUN --mount=type=secret,id=…` steps see and the image never holds. */
export type Secret = {readonly id: string; readonly source: string};

export type BuildRequest = {
	/** Folder of the build context. */
	readonly context: string;
	/** The Dockerfile, inside or outside the context. */
	readonly file: string;
	readonly buildArgs: Readonly<Record<string, string>>;
	readonly labels?: Readonly<Record<string, string>>;
	readonly secrets?: readonly Secret[];
	/** Stage to build; the last one by default. */
	readonly target?: string;
};

export type RunRequest = {
	/** Image id or reference. */
	readonly image: string;
	readonly argv: readonly [string, ...string[]];
	readonly mounts?: readonly Mount[];
	/** Complete: nothing of the host's environment is added. */
	readonly env?: Readonly<Record<string, string>>;
	/** `none` leaves a loopback interface that is up, and no way out. */
	readonly network: 'none' | 'host';
	/** User (name or uid[:gid]) inside; the image's own by default. */
	readonly user?: string;
	readonly workdir?: string;
	readonly input?: string;
};

/** What the image carries besides its files. */
export type ImageConfig = {
	readonly env: readonly string[];
	readonly entrypoint: readonly string[];
	readonly cmd: readonly string[];
	readonly user: string;
	readonly labels: Readonly<Record<string, string>>;
};

/** An image in the engine's own storage: `sha256:` and 64 hex digits of its config. */
export type ImageId = string;

export type Engine = {
	readonly name: EngineName;
	/** For records and `doctor`: the version the engine says, the isolation and the storage that were found to work. */
	readonly facts: {readonly [name: string]: Json};
	/** The id of an image given by reference or id; undefined when it is not in the engine. */
	find(reference: string): Promise<ImageId | undefined>;
	inspect(image: string): Promise<ImageConfig>;
	/** Makes an image of one layer from a tar of a root file system. */
	importRoot(tarFile: string, options?: RunOptions): Promise<ImageId>;
	/** Builds an image. It has no tag: tagging is a step of its own. @throws BuildError STX0703 */
	build(request: BuildRequest, options?: RunOptions): Promise<ImageId>;
	/** Runs a command in a container that is gone, with all its processes, when this returns, fails, or is interrupted. */
	run(request: RunRequest, options?: RunOptions): Promise<RunResult>;
	tag(image: ImageId, reference: string): Promise<void>;
	remove(reference: string): Promise<void>;
	/** Fetches an image. @returns its id and the digest the registry gave. */
	pull(reference: string, options?: RunOptions): Promise<{id: ImageId; digest: string}>;
	/** Sends a tagged image. @returns the digest of the manifest in the registry. */
	push(reference: string, options?: RunOptions): Promise<string>;
	/** The command line of a build, as it will be run, with secrets named by id only. Pure. */
	buildCommand(request: BuildRequest): readonly string[];
};
