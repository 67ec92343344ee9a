/** A lock for a file that several processes change, perhaps on several machines that share its folder. */
import {
	link, readFile, rename, rm, writeFile,
} from 'node:fs/promises';
import {hostname} from 'node:os';
import path from 'node:path';
import {pid} from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {BuildError} from '../errors.js';
import {isAlive} from './abandoned.js';
import {fileError, makeFolder} from './files.js';

const pauseMilliseconds = 20;

/** What is done under a lock takes milliseconds. One that is held for so long is forgotten, or something is stuck. */
const patienceMilliseconds = 30_000;

let taken = 0;

/**
Does something while nobody else holds the lock of a file: `FILE.lock` beside it, with the machine and the process that
has it. The lock of a process that is gone is taken over.

@throws BuildError STX0904 when another process holds it without end, or it cannot be written; STX0003 when interrupted.
*/
export async function withFileLock<T>(file: string, use: () => Promise<T>, {signal, patience = patienceMilliseconds}: {readonly signal?: AbortSignal; readonly patience?: number} = {}): Promise<T> {
	const lock = `${file}.lock`;
	taken += 1;
	const own = `${lock}-${hostname()}-${pid}-${taken}`;
	try {
		await makeFolder(path.dirname(file));
		await writeFile(own, `${hostname()} ${pid}\n`);
		await take(lock, own, {signal, patience});
	} catch (error) {
		throw fileError(error, lock);
	} finally {
		await rm(own, {force: true});
	}

	try {
		return await use();
	} finally {
		await rm(lock, {force: true});
	}
}

async function take(lock: string, own: string, {signal, patience}: {readonly signal: AbortSignal | undefined; readonly patience: number}): Promise<void> {
	for (let waited = 0; !await makeLink(own, lock); waited += pauseMilliseconds) {
		const holder = await readFile(lock, 'utf8').catch(() => '');
		const [host, id] = holder.trim().split(' ');
		if (holder !== '' && (host === hostname() ? !isAlive(Number(id)) : waited >= patience)) {
			await breakLock(lock, `${own}-old`, holder);
		} else if (waited >= patience) {
			throw new BuildError('STX0904', `\`${lock}\` is held by process ${id ?? '?'}`, {hint: 'wait until that run has ended; where there is none, remove the file'});
		}

		if (signal?.aborted) {
			throw new BuildError('STX0003', `interrupted while waiting for \`${lock}\``);
		}

		await sleep(pauseMilliseconds);
	}
}

/** A lock appears with its content. @returns whether it was made. */
async function makeLink(own: string, lock: string): Promise<boolean> {
	try {
		await link(own, lock);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
			return false;
		}

		throw error;
	}
}

/** Takes a forgotten lock away, unless somebody has done so and locked again. */
async function breakLock(lock: string, aside: string, holder: string): Promise<void> {
	try {
		await rename(lock, aside);
		if (await readFile(aside, 'utf8') !== holder) {
			await makeLink(aside, lock);
		}
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
			throw error;
		}
	} finally {
		await rm(aside, {force: true});
	}
}
