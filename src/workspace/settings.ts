/** The settings of one run: each value with the place it came from. */
import type {EngineName} from '../engine/index.js';

export type Stream = 'stable' | 'dev';
export type Dialect = 'builtin' | 'pinned' | 'current';

export type Settings = {
	readonly os: string;
	/** Release of the OS: `trixie`. */
	readonly codename: string;
	/** Debian's name of the architecture: `amd64`, `arm64`. */
	readonly arch: string;
	readonly stream: Stream;
	readonly engine: EngineName | 'auto';
	/** Host of the registry with port; undefined for the engine's default. */
	readonly registry: string | undefined;
	/** Registries that may be asked without TLS: hosts with ports, with commas or blanks between them. */
	readonly insecureRegistries: string | undefined;
	/** Name space of the images in the registry. */
	readonly user: string;
	/** Name space of the images in the engine that are not pushed: whoever builds, as in StarlingX. */
	readonly localUser: string;
	readonly prefix: string | undefined;
	readonly latestPrefix: string | undefined;
	readonly osLabel: string;
	/** Simple API of the package index, without a slash at the end. */
	readonly index: string;
	readonly debianMirror: string;
	readonly debianSecurityMirror: string;
	/** Where StarlingX's package repositories are published, without a slash at the end; undefined where they are not used. */
	readonly repomgrUrl: string | undefined;
	/** What their release files say they come from. */
	readonly repomgrOrigin: string | undefined;
	/** File with the key that they are signed with, absolute. */
	readonly repoKey: string | undefined;
	/** Whether package repositories without a signature are taken. */
	readonly trustRepos: boolean;
	/** File with the certificates to trust, absolute. */
	readonly caBundle: string | undefined;
	readonly httpProxy: string | undefined;
	readonly httpsProxy: string | undefined;
	readonly noProxy: string | undefined;
	readonly dialect: Dialect;
	/** Where LOCI is: the URL of a repository, or a folder, absolute. */
	readonly loci: string;
	/** Commit, branch or tag of LOCI; undefined for the commit that the dialect is made for. */
	readonly lociRef: string | undefined;
	/** Where results go, absolute. */
	readonly workspace: string;
	/** StarlingX's cgcs-root, absolute. */
	readonly repo: string | undefined;
	/** Folder of the store, absolute. */
	readonly cache: string;
	/** How many processors builds may use together. */
	readonly jobs: number;
	/** How much memory builds may use together, in GiB. */
	readonly memory: number;
	/** After how many minutes the build of a wheel is ended. */
	readonly buildTimeout: number;
	/** How often a build, a pull or a push that the network broke is tried in all. */
	readonly attempts: number;
	/** Seconds between two attempts. */
	readonly retryDelay: number;
	readonly offline: boolean;
};

export type Origin = 'option' | 'environment' | 'file' | 'default';

/** Where a value came from: `--index`, `MY_WORKSPACE`, `build-config/stx-build.ini:7`, `default`. */
export type Sourced = {readonly value: string | number | boolean | undefined; readonly origin: Origin; readonly from: string};
