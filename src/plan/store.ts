import type {Readable} from 'node:stream';
import type {Json, Key} from './plan.js';

/** `sha256:` and 64 hex digits of a file's bytes. */
export type Digest = `sha256:${string}`;

/**
Content by digest, and the results of steps by key. Two runs may use one store at once: an entry is there whole or not
at all. What is read is verified.
*/
export type Store = {
	/** The result that a step with this key gave in an earlier run, if there is one. */
	result(key: Key): Promise<Json | undefined>;
	keep(key: Key, result: Json): Promise<void>;
	/** Whether content with this digest is there (by name; it is verified when it is read). */
	has(digest: Digest): Promise<boolean>;
	/** How many bytes the content with this digest has; undefined when it is not there. */
	size(digest: Digest): Promise<number | undefined>;
	/**
	Stores a stream.
	@param expected the digest the bytes must have; another one is refused and nothing is stored.
	@throws BuildError STX0906
	*/
	add(content: Readable, expected?: Digest): Promise<{digest: Digest; size: number}>;
	/**
	Moves a file into the store; from another file system it is copied.
	@param digest of its bytes, computed while they were written.
	@throws BuildError STX0904, STX0905
	*/
	take(file: string, digest: Digest): Promise<void>;
	/**
	The bytes of a digest, verified while they are read; the stream fails at its end when a byte has changed.
	@throws BuildError STX0906
	*/
	open(digest: Digest): Readable;
	/**
	Verifies content, and gives `use` the file that has it, which is only to be read.
	@throws BuildError STX0906, and what `use` throws.
	*/
	use<T>(digest: Digest, use: (file: string) => Promise<T>): Promise<T>;
	/** Writes the verified content to a file, whole or not at all. @throws BuildError STX0906 */
	extractTo(digest: Digest, file: string): Promise<void>;
};
