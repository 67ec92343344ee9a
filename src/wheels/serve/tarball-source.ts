/**
The tarball that is served, which the next build may replace at any time. Each request gets one tarball, whole: the file
stays open for as long as anybody reads it, whatever has its name by then.
*/
import {open, stat, type FileHandle} from 'node:fs/promises';
import type {Readable} from 'node:stream';
import {setImmediate as nextTurn} from 'node:timers/promises';
import {asError, type BuildError} from '../../errors.js';
import {readingError, streamPart, type FilePart} from '../../system/index.js';
import {absentTarball, wrongTarball} from '../tarball/tarball-error.js';
import {readServed} from './read-served.js';
import type {ServedTarball} from './served.js';

/** One making of the tarball. */
export type Edition = {
	readonly tarball: ServedTarball;
	/** The bytes of a part, from this edition even when it has been replaced. */
	read(part: FilePart): Readable;
};

export type TarballSource = {
	/**
	The tarball that is in its place now. Read anew when it is another file, or has changed; many may ask at once.
	@throws BuildError STX0903, and what `readServed` throws; the same again until the file changes.
	*/
	current(): Promise<Edition>;
	close(): Promise<void>;
};

type Opened = Edition & {
	readonly state: string;
	/** Closes the file as soon as nobody reads it. */
	retire(): Promise<void>;
};

/** What is known of the file in one state of it: the edition, or why there is none. */
type Known = {readonly state: string; readonly edition: Promise<Opened>};

/** @param onChange is told of each edition that takes the place of another. */
export function createTarballSource(file: string, onChange: (tarball: ServedTarball) => void): TarballSource {
	let known: Known | undefined;
	let served: Opened | undefined;

	const renew = async (): Promise<Opened> => {
		const before = served;
		const edition = await openEdition(file, before);
		if (edition !== before) {
			served = edition;
			await before?.retire();
		}

		if (before && before.tarball.sha256 !== edition.tarball.sha256) {
			onChange(edition.tarball);
		}

		return edition;
	};

	return {
		async current() {
			const state = await stateOf(file);
			if (known?.state !== state) {
				// The one before is read to its end first: editions follow each other.
				const earlier = known?.edition.catch(() => undefined) ?? Promise.resolve();
				known = {state, edition: earlier.then(renew)};
			}

			return known.edition;
		},
		async close() {
			await known?.edition.catch(() => undefined);
			known = undefined;
			await served?.retire();
			served = undefined;
		},
	};
}

/** Changes with the file: another one in its place has another inode, and one that is written to other times. */
async function stateOf(file: string): Promise<string> {
	try {
		return describeState(await stat(file, {bigint: true}));
	} catch (error) {
		throw explainReading(error, file);
	}
}

/** A name that has no file says what makes one; what else the file system says goes as it is. */
const explainReading = (error: unknown, file: string): BuildError => error instanceof Error && 'code' in error && error.code === 'ENOENT' ? absentTarball(file) : readingError(error, file);

type State = Readonly<Record<'dev' | 'ino' | 'size' | 'mtimeNs' | 'ctimeNs', bigint>>;

const describeState = (found: State): string => [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');

/** @param before is given back where it still is what has the name: who asked may have looked before others did. */
async function openEdition(file: string, before: Opened | undefined): Promise<Opened> {
	let handle: FileHandle;
	try {
		handle = await open(file);
	} catch (error) {
		throw explainReading(error, file);
	}

	try {
		const found = await handle.stat({bigint: true});
		if (!found.isFile()) {
			throw wrongTarball(file, 'is no file');
		}

		const state = describeState(found);
		if (state === before?.state) {
			await handle.close();
			return before;
		}

		const tarball = await readServed(handle, file);
		if (describeState(await handle.stat({bigint: true})) !== state) {
			throw wrongTarball(file, 'was changed while it was read', {hint: 'wait until it is written'});
		}

		return lend(handle, tarball, state);
	} catch (error) {
		await handle.close();
		throw asError(error);
	}
}

/** Counts who reads, so that the file is closed after the last. */
function lend(handle: FileHandle, tarball: ServedTarball, state: string): Opened {
	let readers = 0;
	let isRetired = false;
	const closeUnread = async (): Promise<void> => {
		if (isRetired && readers === 0) {
			await handle.close();
		}
	};

	return {
		state,
		tarball,
		read(part) {
			readers++;
			const stream = streamPart(handle, part);
			stream.once('close', () => {
				readers--;
				void closeUnread();
			});
			return stream;
		},
		async retire() {
			// Who was given this edition a moment ago begins to read it in this turn of the event loop.
			await nextTurn();
			isRetired = true;
			await closeUnread();
		},
	};
}
