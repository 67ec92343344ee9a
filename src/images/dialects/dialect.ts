/** A dialect: one way in which LOCI's build arguments are taken, with the files that take them. */
import type {Digest, Json} from '../../plan/index.js';
import type {Dialect} from '../../workspace/index.js';
import type {PackageTable} from './parse-package-table.js';

/** A file of a dialect. */
export type DialectFile = {
	/** Where it belongs in the build context. */
	readonly name: string;
	readonly digest: Digest;
	/** The file of this machine that it is copied from, absolute; without one the store has it. */
	readonly source?: string;
	readonly executable: boolean;
};

/** What of LOCI a dialect is derived from. */
export type LociOrigin = {
	/** Where it was taken from: a repository's URL, or a folder. */
	readonly place: string;
	/** The commit, where it was taken from a repository. */
	readonly commit?: string;
	/** What it would fetch in the middle of a build, and is not asked to. */
	readonly refused: {readonly projects: readonly string[]; readonly profiles: readonly string[]};
};

export type DialectData = {
	readonly name: Dialect;
	/** The files that an image is built with, sorted by their names. */
	readonly files: readonly DialectFile[];
	/** The build arguments that its Dockerfile declares, with their defaults as written. */
	readonly arguments: ReadonlyMap<string, string>;
	/** Python distributions by profile that come with a project. */
	readonly pydep: PackageTable;
	/** How that table is asked besides the project and its profiles. */
	readonly pydepProfiles: readonly string[];
	/** Whether an image without a project gets something of that table. */
	readonly pydepForInfra: boolean;
	/** Python distributions that every image's environment starts with. */
	readonly toolchain: PackageTable;
	/** The program that tries an image from inside. */
	readonly verifier: {readonly file: string; readonly digest: Digest};
	/** Undefined for the dialect that needs no LOCI. */
	readonly loci?: LociOrigin;
};

/** What of a dialect decides how an image comes out: its files, not where they are. */
export const dialectKey = ({name, files}: DialectData): Json => [name, files.map(file => [file.name, file.digest, file.executable])];
