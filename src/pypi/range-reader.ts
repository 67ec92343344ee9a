/** Reads parts of a file on a server, for yauzl. */
import {type Buffer} from 'node:buffer';
import {Readable} from 'node:stream';
import {RandomAccessReader} from 'yauzl';

/** Some bytes of a file and where they stand in it. */
type Piece = {readonly start: number; readonly bytes: Buffer};

/** @returns the bytes from `start` to before `end`. */
export type ReadRange = (start: number, end: number) => Promise<Buffer>;

/** Bytes: what is fetched at least, for the header of a member and what follows it. */
const leastRange = 16 * 1024;

export class RangeReader extends RandomAccessReader {
	readonly #pieces: Piece[];
	readonly #size: number;
	readonly #readRange: ReadRange;

	/**
	@param size of the whole file.
	@param end what is known already: its last bytes.
	*/
	constructor(size: number, end: Buffer, readRange: ReadRange) {
		super();
		this.#size = size;
		this.#pieces = [{start: size - end.length, bytes: end}];
		this.#readRange = readRange;
	}

	override _readStreamForRange(start: number, end: number): Readable {
		const read = async () => this.#bytes(start, end);
		return Readable.from((async function * () {
			yield await read();
		})());
	}

	async #bytes(start: number, end: number): Promise<Buffer> {
		const known = this.#pieces.find(piece => piece.start <= start && end <= piece.start + piece.bytes.length);
		if (known) {
			return known.bytes.subarray(start - known.start, end - known.start);
		}

		const bytes = await this.#readRange(start, Math.min(this.#size, Math.max(end, start + leastRange)));
		this.#pieces.push({start, bytes});
		return bytes.subarray(0, end - start);
	}
}
