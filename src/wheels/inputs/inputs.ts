/** What the wheels of one OS are made from, as read from wheels/ and the settings. Data only. */
import type {BuildError, ErrorCode, SourceLocation} from '../../errors.js';
import type {Digest} from '../../plan/index.js';
import type {ConstraintFile, NormalizedName, Target} from '../../python/index.js';

/** A line of a wheel list, from 1. */
export type ListAt = {readonly file: string; readonly line: number};

/** A wheel of a wheel list. */
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
	readonly at: ListAt;
};

/** A line of the wheel list whose wheel cannot be used, and is left out because that was asked for. */
export type LeftOut = {
	/** As it is listed, where the line names one. */
	readonly wheel?: string;
	readonly at: ListAt;
	readonly code: ErrorCode;
	/** What is wrong with it. */
	readonly message: string;
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

/**
A project at a commit of a git repository. It counts only where something needs it, so that nobody who needs none of
them needs a way to their hosts. What its section does not say is read from the commit, when it is needed.
*/
export type GitModule = {
	readonly name: NormalizedName;
	readonly url: string;
	/** The whole id. */
	readonly commit: string;
	/** Folder of the project in the repository; empty for its top. */
	readonly subfolder: string;
	readonly version?: string;
	/** Run-time requirements, PEP 508. */
	readonly requires?: readonly string[];
	/** Requirements of its build, PEP 508. */
	readonly buildRequires?: readonly string[];
	/** Requirements that hold in place of the upper constraints where the module is needed. */
	readonly overrides: readonly string[];
	readonly at: ListAt;
};

/** A finished wheel of this machine: out of a .deb of the local build, or from a folder of wheels. Its bytes are in the store. */
export type LocalWheel = {
	readonly name: NormalizedName;
	readonly version: string;
	readonly filename: string;
	readonly digest: Digest;
	readonly size: number;
	/** Run-time requirements, PEP 508. */
	readonly requires: readonly string[];
	/** The file; of a wheel in a .deb that one's with the member behind it. */
	readonly path: string;
	readonly at: SourceLocation;
};

/** A .deb with wheels that is named, and is not in the output of the local build. */
export type MissingDeb = {readonly name: string; readonly at: ListAt};

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
	/** Applied to the source before it is built, in their order. */
	readonly patches?: readonly BuildPatch[];
	/** Debian packages that the builder has for this build alone, sorted. */
	readonly systemPackages?: readonly string[];
	/** Processors that the build may use; one by default. */
	readonly processors?: number | 'all';
	/** What it needs, in MiB. */
	readonly memory?: number;
	/** What it may write, in MiB. */
	readonly disk?: number;
	readonly timeoutSeconds?: number;
	readonly reason: string;
	/** Its section, of the build settings of all releases or of this one. */
	readonly at: ListAt;
};

/** A change to the source of a distribution, in the format of diff(1), to be applied in its topmost folder with one name stripped. */
export type BuildPatch = {
	/** Absolute. */
	readonly file: string;
	readonly digest: Digest;
	/** The versions that need it, PEP 440; all of them by default. */
	readonly versions?: string;
};

/** A pinned tool with the files of it that may be used. */
export type ToolPin = {
	readonly name: NormalizedName;
	readonly version: string;
	/** Hex sha256 of each file. */
	readonly sha256: readonly string[];
	readonly at: {readonly file: string; readonly line: number};
};

/** A text from an address that is an input, as it was when it was read. */
export type FetchedDocument = {
	readonly url: string;
	/** 64 hex digits. */
	readonly sha256: string;
};

export type WheelInputs = {
	readonly target: Target;
	readonly wheelList: readonly WheelListEntry[];
	/** Lines of the wheel list to go on without; empty unless that was asked for. */
	readonly leftOut: readonly LeftOut[];
	/** Whether what is found unusable later is to be left out too. */
	readonly allowUnusable: boolean;
	readonly constraints: ConstraintFile;
	/** Text of global-requirements.txt, which goes into the tarball as it is. */
	readonly globalRequirements: string;
	/** What was fetched to read these two. */
	readonly documents: readonly FetchedDocument[];
	/** Where the wheel list has another version than the constraints hold: the list decides. */
	readonly contradictions: readonly BuildError[];
	readonly modules: readonly LocalModule[];
	readonly gitModules: readonly GitModule[];
	/** In the tarball whether somebody needs them or not. */
	readonly localWheels: readonly LocalWheel[];
	readonly missingDebs: readonly MissingDeb[];
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

/** Label of the local wheels: they are in the tarball, and what they need is not looked for on their own account. */
export const localWheelsLabel = 'local-wheels';

/** The labels that are no image's. */
export const ownLabels: readonly string[] = [wheelListLabel, modulesLabel, localWheelsLabel];

/** A choice of distributions: all, or these. */
export type NameChoice = 'all' | readonly string[];
