/** What the wheels of one OS are made from, as read from wheels/ and the settings. Data only. */
import type {SourceLocation} from '../../errors.js';
import type {Digest} from '../../plan/index.js';
import type {ConstraintFile, NormalizedName, Target} from '../../python/index.js';

/** A line of a wheel list. */
export type WheelListEntry = {
	/** File name of the wheel as it is listed. */
	readonly wheel: string;
	readonly name: NormalizedName;
	readonly version: string;
	/** Where it comes from: a git repository, an sdist in tar or zip format, or a finished wheel. */
	readonly type: 'git' | 'tar' | 'zip' | 'pypi';
	readonly url: string;
	/** Folder with the project inside the archive or repository; empty for its top. */
	readonly basedir: string;
	/** What of a git repository to take. */
	readonly branch?: string;
	/** StarlingX's `fix_setup`, for projects that import distutils: nothing more is to be done, setuptools takes its place in every build. */
	readonly fixSetup: boolean;
	readonly at: {readonly file: string; readonly line: number};
};

/** A project in a folder, from which a wheel is built. */
export type LocalModule = {
	readonly name: NormalizedName;
	readonly version: string;
	/** The folder, absolute. */
	readonly folder: string;
	/** Run-time requirements, PEP 508. */
	readonly requires: readonly string[];
	/** Requirements of its build, PEP 508. */
	readonly buildRequires: readonly string[];
	/** Digest of the folder's files, by which the wheel is built anew. */
	readonly digest: Digest;
	readonly at: SourceLocation;
};

/** How one distribution is built where its own files do not say it. */
export type BuildSettings = {
	readonly name: NormalizedName;
	readonly buildRequires: readonly string[];
	/** Run-time requirements of the distribution that its sdist does not say in plain text. */
	readonly requires: readonly string[];
	/** Build requirements for which no constraint holds. */
	readonly unconstrained: readonly NormalizedName[];
	/** Variables of the build. */
	readonly env: Readonly<Record<string, string>>;
	readonly from?: 'sdist' | 'wheel';
	readonly reason: string;
};

/** A pinned tool with the files of it that may be used. */
export type ToolPin = {
	readonly name: NormalizedName;
	readonly version: string;
	/** Hex sha256 of each file. */
	readonly sha256: readonly string[];
	readonly at: {readonly file: string; readonly line: number};
};

export type WheelInputs = {
	readonly target: Target;
	readonly wheelList: readonly WheelListEntry[];
	readonly constraints: ConstraintFile;
	/** Text of global-requirements.txt, which goes into the tarball as it is. */
	readonly globalRequirements: string;
	readonly modules: readonly LocalModule[];
	/** Names that only a local module can give. */
	readonly onlyLocal: ReadonlySet<NormalizedName>;
	readonly toolchain: readonly ToolPin[];
	readonly buildSettings: ReadonlyMap<NormalizedName, BuildSettings>;
	/** Debian packages of the builder, sorted. */
	readonly builderPackages: readonly string[];
	/** Folder of the builder's Dockerfile and script. */
	readonly builderFolder: string;
	/** Digest of what is in that folder. */
	readonly builderRecipe: Digest;
};

/** What somebody needs from the wheels tarball: an image, the wheel list, or the local modules. */
export type WheelRoots = {
	/** Label of the image, or `wheel-list`, or `modules`. */
	readonly label: string;
	/** PEP 508. */
	readonly requirements: readonly string[];
	readonly at: SourceLocation;
	/** Where single requirements are written, if not there. */
	readonly places?: ReadonlyMap<string, SourceLocation>;
};

/** Labels of the roots that every lock has. */
export const wheelListLabel = 'wheel-list';
export const modulesLabel = 'modules';

/** Which distributions are built from their sdists although the index has a wheel. */
export type FromSource = 'all' | readonly string[];
