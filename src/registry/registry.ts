/** What can be asked of registries. References are read as Docker reads them: `a/b` is `docker.io/a/b:latest`. */
import type {Digest} from '../plan/index.js';

/** A manifest or an index, as the registry keeps it. */
export type Manifest = {
	/** Of its bytes. */
	readonly digest: Digest;
	readonly mediaType: string;
	readonly bytes: Uint8Array;
	/** Config and layers of an image; empty for an index. Layers that are fetched from elsewhere are left out. */
	readonly blobs: readonly Blob[];
	/** Digest of the config, which is the id of the image in engines; undefined for an index. */
	readonly config?: Digest;
	/** Manifests of an index. */
	readonly manifests: readonly Digest[];
};

export type Blob = {readonly digest: Digest; readonly size: number};

/** What was needed to copy an image. */
export type Copied = {
	readonly digest: Digest;
	/** Blobs that went through this machine: none inside one registry that mounts. */
	readonly blobs: number;
	/** Their bytes. */
	readonly bytes: number;
};

/**
A client of the registries that references name.

All of it throws BuildError STX0720 where the registry lets nobody in, STX0721 where bytes are not what their digest
says, STX0724 for an answer that the specification does not have, STX0908 and STX0909 when there is no answer, or an
error; STX0003 when interrupted.
*/
export type Registry = {
	/** The digest that a reference names; undefined when the registry does not have it. */
	digest(reference: string): Promise<Digest | undefined>;
	/** Undefined when the registry does not have it. */
	manifest(reference: string): Promise<Manifest | undefined>;
	/** The labels of an image; undefined when there is no such image. Of an index, those of its first image. */
	labels(reference: string): Promise<Readonly<Record<string, string>> | undefined>;
	/** Gives a manifest, whose blobs the repository has, a tag. @returns the digest that the tag names then. */
	tag(manifest: Manifest, reference: string): Promise<Digest>;
	/**
	Copies an image, or an index with all its images, without an engine: blobs that the target lacks are mounted from the
	other repository where both are in one registry, and otherwise go through this machine, verified on the way.
	@param to with a tag.
	@throws BuildError STX0725 when there is no such image.
	*/
	copy(from: string, to: string): Promise<Copied>;
	/** All tags of the repository of a reference; undefined when the registry does not have it. */
	tags(reference: string): Promise<readonly string[] | undefined>;
};
