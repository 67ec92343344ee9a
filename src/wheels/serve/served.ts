import type {NormalizedName} from '../../python/index.js';
import type {FilePart} from '../../system/index.js';

/** A file that is served: where its bytes stand in the tarball, and what they hash to. */
export type ServedFile = {
	readonly part: FilePart;
	/** 64 hex digits. */
	readonly sha256: string;
};

export type ServedWheel = ServedFile & {
	readonly filename: string;
	/** As the wheel writes it. */
	readonly name: string;
	readonly version: string;
	readonly requiresPython?: string;
	/** The wheel's METADATA, with its SHA-256. */
	readonly metadata: Uint8Array;
	readonly metadataSha256: string;
};

/** A wheels tarball, taken apart without being unpacked. */
export type ServedTarball = ServedFile & {
	/** Of the file: `stx-debian-stable-wheels.tar`. */
	readonly filename: string;
	/** By the names of projects, sorted; of each its wheels, by file name. */
	readonly projects: ReadonlyMap<NormalizedName, readonly ServedWheel[]>;
	/** By file name. */
	readonly wheels: ReadonlyMap<string, ServedWheel>;
	/** `upper-constraints.txt` and, where it is there, `global-requirements.txt`. */
	readonly texts: ReadonlyMap<string, ServedFile>;
};
