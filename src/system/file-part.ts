/** Parts of a file that is open: read as a stream, and read as if they were files of their own. */
import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import type {FileHandle} from 'node:fs/promises';
import {Readable} from 'node:stream';
import {RandomAccessReader} from 'yauzl';
import {BuildError} from '../errors.js';
import type {Digest} from '../plan/index.js';
import {inMemory} from './files.js';

/** Bytes from `start` to before `end`. */
export type FilePart = {readonly start: number; readonly end: number};

/** Bytes that are read at once. */
const pieceBytes = 256 * 1024;

/**
The bytes of a part, as they are asked for. Any number of parts may be read at once; the file stays open.

@throws BuildError STX0910 when the file ends before the part does.
*/
export async function * bytesOfPart(handle: FileHandle, {start, end}: FilePart): AsyncGenerator<Buffer> {
	for (let at = start; at < end;) {
		const {buffer, bytesRead} = await handle.read(Buffer.allocUnsafe(Math.min(pieceBytes, end - at)), 0, undefined, at);
		if (bytesRead === 0) {
			throw new BuildError('STX0910', `the file ends after ${at} bytes, but byte ${end - 1} is wanted`);
		}

		at += bytesRead;
		yield buffer.subarray(0, bytesRead);
	}
}

/** A part as a stream. */
export const streamPart = (handle: FileHandle, part: FilePart): Readable => Readable.from(bytesOfPart(handle, part), {objectMode: false});

export async function digestOfPart(handle: FileHandle, part: FilePart): Promise<Digest> {
	const hash = createHash('sha256');
	for await (const piece of bytesOfPart(handle, part)) {
		hash.update(piece);
	}

	return `sha256:${hash.digest('hex')}`;
}

/** Bytes of a window: a wheel's list of members is a few of these, and its headers are small and follow each other. */
const windowBytes = 32 * 1024;

/** A part as yauzl reads files. */
export class PartReader extends RandomAccessReader {
	readonly #handle: FileHandle;
	readonly #part: FilePart;
	/** What was read last, and where it begins. */
	#window: {readonly start: number; readonly bytes: Buffer} = {start: 0, bytes: Buffer.alloc(0)};

	constructor(handle: FileHandle, part: FilePart) {
		super();
		this.#handle = handle;
		this.#part = part;
	}

	// eslint-disable-next-line max-params -- the method of yauzl's class.
	override read(buffer: Buffer, offset: number, length: number, position: number, callback: (error: Error | null) => void): void {
		void this.#readInto(buffer.subarray(offset, offset + length), this.#part.start + position).then(() => {
			callback(null);
		}, callback);
	}

	async #readInto(target: Buffer, start: number): Promise<void> {
		const end = start + target.length;
		if (start < this.#part.start || end > this.#part.end) {
			throw new BuildError('STX0910', `its last byte is byte ${this.#part.end - this.#part.start - 1}, but byte ${end - this.#part.start - 1} is wanted`);
		}

		if (start < this.#window.start || end > this.#window.start + this.#window.bytes.length) {
			this.#window = {start, bytes: await inMemory(bytesOfPart(this.#handle, {start, end: Math.min(Math.max(end, start + windowBytes), this.#part.end)}))};
		}

		this.#window.bytes.copy(target, 0, start - this.#window.start, end - this.#window.start);
	}

	override _readStreamForRange(start: number, end: number): Readable {
		const part = {start: this.#part.start + start, end: Math.min(this.#part.start + end, this.#part.end)};
		const {start: from, bytes} = this.#window;
		// A small member is in the window that its header was read with.
		return from <= part.start && part.end <= from + bytes.length ? Readable.from([bytes.subarray(part.start - from, part.end - from)]) : streamPart(this.#handle, part);
	}
}
