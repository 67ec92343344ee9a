/**
What stx-build asks of a container engine. Nothing above this folder knows which engine answers.
*/
import type {Readable} from 'node:stream';
import type {Digest} from '../plan/index.js';
import type {RunOptions, RunResult} from '../system/index.js';

/** In the order of preference: a daemon that is there, then what runs containers, then what only builds them. */
export const engineNames = ['docker', 'podman', 'buildah'] as const;

export type EngineName = typeof engineNames[number];

/** A root file system that is to become an image: an uncompressed tar, in a file or in a stream whose digest and length are known. */
export type ImportRequest = {
	/** Debian's name of its architecture, which is Go's too: `amd64`, `arm64`. */
	readonly arch: string;
	/** A name that the image has from the beginning, so that nobody can take it away before it has one. */
	readonly reference?: string;
} & (
	| {readonly file: string}
	| {readonly open: () => Readable; readonly digest: Digest; readonly size: number}
);

/** A bind mount of a file or folder of the host. */
export type Mount = {readonly source: string; readonly target: string; readonly readOnly: boolean};

/** A file that `RUN --mount=type=secret,id=…` steps see and the image never holds. */
export type Secret = {readonly id: string; readonly source: string};

/** Builds reach the network; what an image may take from it is the Dockerfile's affair. No cache: the plan's keys decide what is built. */
export type BuildRequest = {
	/** Folder of the build context. */
	readonly context: string;
	/** The Dockerfile, inside or outside the context. Its `FROM` takes a reference; not every engine takes an id there. */
	readonly file: string;
	readonly buildArgs: Readonly<Record<string, string>>;
	readonly labels?: Readonly<Record<string, string>>;
	readonly secrets?: readonly Secret[];
	/** Proxies by the names of their variables: predefined build arguments, which neither the image nor the command line shows. */
	readonly proxies?: Readonly<Record<string, string>>;
	/** Stage to build; the last one by default. */
	readonly target?: string;
};

export type RunRequest = {
	/** Image id or reference. It is never fetched. */
	readonly image: string;
	/** The whole command: the image's entry point does not count. */
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
	/**
	For a command that nobody vouches for, and a user without rights: it gets none by any program either, starts only so
	many processes, and shares no memory with other processes of this machine.
	*/
	readonly untrusted?: boolean;
	/**
	The image may have no /bin/sh. With buildah some of what the command prints may then be lost; without this the command is
	started by that shell, which passes on no variable with a name that it cannot hold (`a.b`).
	*/
	readonly bare?: boolean;
};

/** What the image carries besides its files. */
export type ImageConfig = {
	readonly env: readonly string[];
	readonly entrypoint: readonly string[];
	readonly cmd: readonly string[];
	readonly user: string;
	readonly labels: Readonly<Record<string, string>>;
};

/**
An image in the engine's own storage: `sha256:` and 64 hex digits of its config (of its manifest, with Docker's
containerd image store). Where a function takes an image, it takes an id or a reference; a reference reads as Docker
reads it: `a/b` is `docker.io/a/b:latest`.
*/
export type ImageId = string;

export type Engine = {
	readonly name: EngineName;
	/** Where its images are: engines with the same word have the same images. */
	readonly imageStore: 'docker' | 'containers';
	/** For records and `doctor`: the version the engine says, the isolation and the storage that were found to work. */
	readonly facts: Readonly<Record<string, string>>;
	/** The id of an image given by reference or id; undefined when it is not in the engine. @throws BuildError STX0704 */
	find(reference: string): Promise<ImageId | undefined>;
	/** @throws BuildError STX0705 when the engine does not have it */
	inspect(image: string): Promise<ImageConfig>;
	/** Makes an image of one layer. The same tar gives the same id, on every engine and at any time. */
	importRoot(request: ImportRequest, options?: RunOptions): Promise<ImageId>;
	/** Builds an image. It has no tag: tagging is a step of its own. @throws BuildError STX0703 */
	build(request: BuildRequest, options?: RunOptions): Promise<ImageId>;
	/**
	Runs a command in a container that is gone, with all its processes, when this returns, fails, or is interrupted.
	@returns the exit code whatever it is; 125 to 127 or 1, as the engine has it, when the command could not be started.
	@throws BuildError STX0704 when there could be no container, STX0003 when interrupted
	*/
	run(request: RunRequest, options?: RunOptions): Promise<RunResult>;
	/** Gives an image one more name; another image that had the name loses it. */
	tag(image: string, reference: string): Promise<void>;
	/** Takes a name away, and the image with its last name. An image that is not there is no error. */
	remove(reference: string): Promise<void>;
	/** Fetches an image. @returns its id and the digest the registry gave. @throws BuildError STX0706 */
	pull(reference: string, options?: RunOptions): Promise<{id: ImageId; digest: string}>;
	/**
	Sends an image to the registry that the reference names; afterwards the image may have that name here, or not.

	@returns the digest of the manifest in the registry.
	@throws BuildError STX0706
	*/
	push(image: string, reference: string, options?: RunOptions): Promise<string>;
	/** The command line of a build, as it will be run, with secrets named by id only. Pure. */
	buildCommand(request: BuildRequest): readonly string[];
};
