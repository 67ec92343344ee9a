/** What an update of an image is made from. Data only. */
import type {SourceLocation} from '../../errors.js';
import type {Digest} from '../../plan/index.js';

/** A word that names a file or a source, with where it was written. */
export type Named = {
	readonly text: string;
	/** Relative paths are meant from here. */
	readonly folder: string;
	readonly at?: SourceLocation;
};

/** What was asked for, by options and by a file: StarlingX's update-stx-image.sh has the same. */
export type UpdateAsked = {
	/** Reference of the image to update. */
	readonly from: string | undefined;
	/** Number of the update; 0 or undefined for the next one. */
	readonly updateVersion: number | undefined;
	readonly customize: Named | undefined;
	readonly wheels: readonly Named[];
	readonly packages: readonly Named[];
	readonly modules: readonly Named[];
	readonly extras: readonly Named[];
};

/** A file with the digest that it had when it was read, or that is stated for it. */
export type UpdateFile = {
	/** Its name in the update. */
	readonly name: string;
	readonly digest: Digest;
} & ({readonly file: string} | {readonly url: string});

/** All that goes into an image. Modules are built, and become wheels. */
export type UpdateFiles = {
	readonly wheels: readonly UpdateFile[];
	readonly packages: readonly UpdateFile[];
	readonly extras: readonly UpdateFile[];
	readonly customize: UpdateFile | undefined;
};

/** Where a module comes from. */
export type ModuleSource = {readonly version: string | undefined} & (
	| {readonly folder: string}
	| {readonly url: string; readonly ref: string}
);
