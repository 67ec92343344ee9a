import {open} from 'node:fs/promises';
import path from 'node:path';
import {Writable} from 'node:stream';
import {finished} from 'node:stream/promises';
import {fileError, makeFolder} from './files.js';

export type RunLog = {
	/** Takes all that comes, whatever the disk says: the program that writes must not hang, nor this process end. */
	readonly stream: Writable;
	/** Aborted when the disk refuses the log. */
	readonly refused: AbortSignal;
	/** @returns why the log is not whole, as a BuildError STX0904 or STX0905; undefined when it is. */
	close(): Promise<Error | undefined>;
};

/** Opens a log to append to; its folder is made. @throws BuildError STX0904, STX0905 */
export async function openRunLog(file: string): Promise<RunLog> {
	let handle: Awaited<ReturnType<typeof open>>;
	try {
		await makeFolder(path.dirname(file));
		handle = await open(file, 'a');
	} catch (error) {
		throw fileError(error, file);
	}

	const refusal = new AbortController();
	const stream = new Writable({
		write(chunk: Uint8Array, _encoding, done) {
			if (refusal.signal.aborted) {
				done();
				return;
			}

			(async () => {
				try {
					await handle.appendFile(chunk);
				} catch (error) {
					refusal.abort(fileError(error, file));
				}

				done();
			})();
		},
	});
	return {
		stream,
		refused: refusal.signal,
		async close() {
			stream.end();
			await finished(stream);
			await handle.close();
			return refusal.signal.reason as Error | undefined;
		},
	};
}
