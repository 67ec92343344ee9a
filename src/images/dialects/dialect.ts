/** A dialect: one way in which LOCI's build arguments are taken, with the files that take them. */
import type {Digest, Json} from '../../plan/index.js';
import type {Dialect} from '../../workspace/index.js';
import type {PackageTable} from './parse-package-table.js';

export type DialectData = {
	readonly name: Dialect;
	/** Folder of the files, absolute. */
	readonly folder: string;
	/** The files that an image is built with, by name, sorted. */
	readonly files: ReadonlyArray<{readonly name: string; readonly digest: Digest}>;
	/** The build arguments that its Dockerfile declares. */
	readonly arguments: ReadonlySet<string>;
	/** Python distributions by profile that come with a project. */
	readonly pydep: PackageTable;
	/** Python distributions that every image's environment starts with. */
	readonly toolchain: PackageTable;
	/** The program that tries an image from inside. */
	readonly verifier: {readonly file: string; readonly digest: Digest};
};

/** What of a dialect decides how an image comes out: its files, not where they are. */
export const dialectKey = ({name, files}: DialectData): Json => [name, files.map(file => [file.name, file.digest])];
