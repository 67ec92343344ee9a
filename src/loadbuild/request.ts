import type {RepositoriesRequest} from '../base/index.js';
import type {Engine} from '../engine/index.js';
import type {PushOptions} from '../images/index.js';
import type {Reporter, Store} from '../plan/index.js';
import type {Registry} from '../registry/index.js';
import type {
	Clock, HttpClient, RetryPolicy, Runner,
} from '../system/index.js';
import type {ConfigFolders, Settings} from '../workspace/index.js';

/** What is asked for: which parts, of what, and how. */
export type LoadbuildRequest = {
	readonly settings: Settings;
	readonly folders: ConfigFolders;
	/** Absolute; paths of the request are meant from here. */
	readonly workingFolder: string;
	/** stx-build's own version, for records. */
	readonly version: string;
	/** Plan only: nothing is written, not even the lock. */
	readonly dryRun: boolean;
	/** The parts to make. What they need comes into the plan by itself. */
	readonly parts: {
		readonly wheels: boolean;
		readonly base: boolean;
		readonly images: boolean;
		/** Prove for each image that its wheels are complete. */
		readonly checks?: boolean;
		/** Build wheels again, and compare. */
		readonly rebuilds?: boolean;
	};
	readonly select?: {
		/** Labels or globs; empty for all configured images. */
		readonly only: readonly string[];
		readonly skip: readonly string[];
		/** Directive files outside build-config. */
		readonly directiveFiles: readonly string[];
	};
	readonly wheels?: {
		/** A wheels tarball to take as it is: a file, or an address that ends in `#sha256=` and its digest. */
		readonly file?: string | undefined;
		/** Make only these wheels. */
		readonly only?: readonly string[];
		readonly frozen: boolean;
		/** Take the lock as it is, whatever the inputs say: then no image has to be read to know what wheels there are. */
		readonly asLocked?: boolean;
		/** `all`, or names. */
		readonly fromSource: readonly string[];
		/** `all`, or names: what to take from the index, where it has a wheel of the listed version, though the wheel list builds it. */
		readonly fromIndex: readonly string[];
		/** Wheels to build again; all that are built when there are none. */
		readonly rebuild?: readonly string[];
		/** Folders of finished wheels that go into the tarball, as written. */
		readonly extraFolders?: readonly string[];
		/** Go on without the lines of the wheel list that cannot be used. */
		readonly allowUnusable?: boolean;
		/** Make a new lock, with the newest versions that the constraints allow. */
		readonly upgrade?: boolean;
		/** Send the tarball to the registry, as an image. */
		readonly push?: {
			readonly version?: string | undefined;
			readonly latest: boolean;
			/** Give names that have other images in the registry to this one; by itself only latest moves. */
			readonly overwrite: boolean;
			/** Remove the image from the engine afterwards. */
			readonly clean: boolean;
		} | undefined;
		/** Take files whose digest nobody states as they are now. */
		readonly trust?: boolean;
	};
	readonly base?: {
		/** Reference in a registry. */
		readonly from?: string | undefined;
		/** Reference in the engine, to be taken as it is. */
		readonly image?: string | undefined;
		/** Whether that is fetched first. */
		readonly pull?: boolean;
		readonly refresh?: boolean;
		/** Package repositories in place of StarlingX's own, as lines of sources.list. */
		readonly repos?: RepositoriesRequest['repos'];
		/** What it is called, where that is asked for. */
		readonly naming?: {
			readonly version?: string | undefined;
			readonly osVersion?: string | undefined;
			readonly latest: boolean;
			readonly latestTag: string;
			readonly push: boolean;
			readonly overwrite: boolean;
			readonly clean: boolean;
		};
	};
	readonly images?: {
		/** Let scripts of the builder script run on this machine itself. */
		readonly allowHostScripts?: boolean;
		readonly push: boolean;
		readonly latest: boolean;
		readonly version?: string | undefined;
		/** OS label of the tags of older releases. */
		readonly legacyOsLabel?: string | undefined;
		/** How they are pushed. */
		readonly pushing?: PushOptions;
	};
};

/** What work has of the world. */
export type Effects = {
	readonly run: Runner;
	readonly clock: Clock;
	/** Aborted on Ctrl+C. */
	readonly signal: AbortSignal;
	readonly http: HttpClient;
	readonly retry: RetryPolicy;
	readonly store: Store;
	/** Selects the engine on the first call and gives the same one afterwards. @throws BuildError when none answers */
	engine(): Promise<Engine>;
	/** The client of registries, with the credentials of this user; made on the first call. */
	registry(): Promise<Registry>;
	readonly reporter: Reporter;
	/** Architecture of this machine as Node says it: `x64`. */
	readonly machine: string;
};
