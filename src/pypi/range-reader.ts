/** Reads parts of a file on a server, for yauzl. */
import {Buffer} from 'node:buffer';
import {Readable} from 'node:stream';
import {RandomAccessReader} from 'yauzl';

/** Some bytes of a file and where they stand in it. */
type Piece = {readonly start: number; readonly bytes: Buffer};

/** @returns the bytes from `start` to before `end`. */
export type ReadRange = (start: number, end: number) => Promise<Buffer>;

/** Bytes: what is fetched at least. */
const leastRange = 64 * 1024;

/** Bytes: the most that is fetched to close the gap between what is asked for and what is known behind it. The list of members of the largest wheels has this. */
const mostGap = 2 ** 20;

/**
Reads as seldom as it can, since each request costs more time than the bytes it brings. The first thing that is not known
is the beginning of the list of members, which reaches to the end of the archive; the member that is wanted is mostly
right before it.
*/
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

	/** Yauzl's own makes several streams for each of the thousands of members of a list. */
	// eslint-disable-next-line max-params -- the method of yauzl's class.
	override read(buffer: Buffer, offset: number, length: number, position: number, callback: (error: Error | null) => void): void {
		this.#bytes(position, position + length).then(bytes => {
			bytes.copy(buffer, offset);
			callback(bytes.length === length ? null : new Error('the archive points past its end'));
		}, (error: unknown) => {
			callback(error as Error);
		});
	}

	async #bytes(start: number, end: number): Promise<Buffer> {
		const known = this.#pieces.find(piece => piece.start <= start && end <= piece.start + piece.bytes.length);
		if (known) {
			return known.bytes.subarray(start - known.start, end - known.start);
		}

		const behind = this.#pieces.filter(piece => piece.start > start).toSorted((a, b) => a.start - b.start)[0];
		const fetched = behind && behind.start - start <= mostGap
			? await this.#fetchUpTo(behind, start)
			: await this.#fetch(start, Math.min(this.#size, Math.max(end, start + leastRange)));
		return fetched.bytes.subarray(start - fetched.start, end - fetched.start);
	}

	/** Fetches what is between a place and what is known behind it, and with it what a list of that length has before itself: RECORD, and before that METADATA. */
	async #fetchUpTo(behind: Piece, start: number): Promise<Piece> {
		const from = Math.max(0, start - leastRange - Math.ceil((this.#size - start) / 2));
		const piece = {start: from, bytes: Buffer.concat([await this.#readRange(from, behind.start), behind.bytes])};
		this.#pieces.push(piece);
		return piece;
	}

	async #fetch(start: number, end: number): Promise<Piece> {
		const piece = {start, bytes: await this.#readRange(start, end)};
		this.#pieces.push(piece);
		return piece;
	}
}
