/**
Commands in the builder, sealed in: without network and rights, with nothing of the machine but what they are given, and
with limits on how long they run and how much they write. What a command leaves behind ends with it.
*/
import {
	chmod, chown, lchown, mkdir, readdir, rename, stat,
} from 'node:fs/promises';
import path from 'node:path';
import pMap from 'p-map';
import {
	findLeaks, type Engine, type ImageId, type RunRequest,
} from '../../engine/index.js';
import {BuildError} from '../../errors.js';
import type {RunOptions, RunResult} from '../../system/index.js';
import type {WheelEffects} from '../effects.js';
import {watchFolder} from './watch-folder.js';

export type SealedRun = {
	/** For messages: `the build of uwsgi 2.0.31`. */
	readonly what: string;
	readonly image: ImageId;
	readonly argv: readonly string[];
	/** All of its variables. */
	readonly env: Readonly<Record<string, string>>;
	/** Folders of this machine by their path inside. */
	readonly readOnly: Readonly<Record<string, string>>;
	/** Paths inside that it can write to, besides /tmp and its home folder, by the name of their folder in `scratch`. */
	readonly writable: Readonly<Record<string, string>>;
	/** Folders of this machine, and no links to any, that become the command's own: they are moved to below one of `writable`. By their path inside. */
	readonly given?: Readonly<Record<string, string>>;
	/** The folder of this machine for all that it writes; it is made. */
	readonly scratch: string;
	readonly limits: SealedLimits;
};

export type SealedLimits = {
	readonly timeoutSeconds: number;
	/** What it may write in all, in MiB. */
	readonly disk: number;
	/** What each of its processes may take, in MiB. */
	readonly memory: number;
};

/**
@returns what the command printed, and its exit code whatever it is.
@throws BuildError STX0440 when it took too long or wrote too much; STX0708 when it would not be sealed in; STX0003
*/
export type RunSealed = (run: SealedRun, options: RunOptions & {readonly signal: AbortSignal}) => Promise<RunResult>;

const mebibyte = 1024 * 1024;

/** Who runs the commands when stx-build runs as root. Otherwise it is who runs stx-build: nobody else could remove what they write. */
const builder = 1000;

/** Room on the disk that no command may take, in bytes. */
const leave = 512 * mebibyte;

/** What a command may print on standard output, or on standard error. */
const mostOutputMebibytes = 32;

const settingsFile = 'wheels/build-settings.ini';

/** This long after its time a command ends by itself: also when nobody is there any more to end it. */
const graceSeconds = 60;

/** Before the first command it is tried whether it would be sealed in. */
export function createSealedRunner({engine, clock}: Pick<WheelEffects, 'engine' | 'clock'>): RunSealed {
	let tried: Promise<void> | undefined;
	return async ({what, image, argv, env, readOnly, writable, given = {}, scratch, limits: {timeoutSeconds, disk, memory}}, {signal, ...told}) => {
		const places = await makePlaces(scratch, {'/build/home': 'home', '/tmp': 'tmp', ...writable});
		const {uid, gid} = await stat(scratch);
		// Before anything runs: afterwards what is below may be changed under our hands.
		for (const [target, folder] of Object.entries(given)) {
			const place = path.join(places[path.dirname(target)]!, path.basename(target));
			await rename(folder, place);
			await (uid === 0 && giveAway(place, signal));
		}

		const container: Omit<RunRequest, 'argv'> = {
			image,
			network: 'none',
			user: uid === 0 ? `${builder}:${builder}` : `${uid}:${gid}`,
			untrusted: true,
			workdir: '/tmp',
			env,
			mounts: [
				...Object.entries(readOnly).map(([target, source]) => ({source, target, readOnly: true})),
				...Object.entries(places).map(([target, source]) => ({source, target, readOnly: false})),
			],
		};
		const chosen = await engine();
		tried ??= refuseLeaks(chosen, container, signal);
		await tried.catch((error: unknown) => {
			tried = undefined;
			throw error;
		});
		const bytes = disk * mebibyte;
		const [ended, full] = [new AbortController(), new AbortController()];
		const watching = watchFolder(scratch, {bytes, leave}, {signal: ended.signal, clock}).then(why => {
			if (why !== undefined) {
				full.abort(why);
			}
		});
		const options = {
			...told, timeoutSeconds, mostOutputMebibytes, signal: AbortSignal.any([signal, full.signal]),
		};
		try {
			const result = await chosen.run({
				...container,
				argv: ['/usr/bin/prlimit', `--fsize=${bytes}`, `--data=${memory * mebibyte}`, '--core=0', '--', '/usr/bin/timeout', '--signal=KILL', String(timeoutSeconds + graceSeconds), ...argv],
			}, options);
			if (result.timedOut) {
				throw wasEnded(what, `took longer than ${timeoutSeconds} s`, `if it needs more, give it \`timeout = 4 h\` in ${settingsFile}`);
			}

			return result;
		} catch (error) {
			if (full.signal.aborted && !signal.aborted) {
				throw wasEnded(what, String(full.signal.reason), `if it needs more, give it \`disk = 20 GiB\` in ${settingsFile}`);
			}

			throw error instanceof BuildError && error.code === 'STX0914' ? wasEnded(what, `printed more than ${mostOutputMebibytes} MiB`, 'no build has a reason for this') : error;
		} finally {
			ended.abort();
			await watching;
			await makeRemovable(scratch, uid);
		}
	};
}

const wasEnded = (what: string, why: string, hint: string): BuildError => new BuildError('STX0440', `${what} was ended: it ${why}`, {hint: `read the log; ${hint}`});

/** Makes the folders that a command can write to. @returns them by their path inside */
async function makePlaces(scratch: string, names: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
	await mkdir(scratch, {mode: 0o700});
	const {uid} = await stat(scratch);
	const made = await Promise.all(Object.entries(names).map(async ([target, name]) => {
		const folder = path.join(scratch, name);
		await mkdir(folder);
		await chmod(folder, target === '/tmp' ? 0o1777 : 0o755);
		if (uid === 0) {
			await chown(folder, builder, builder);
		}

		return [target, folder] as const;
	}));
	return Object.fromEntries(made);
}

/**
Gives a folder with all in it to who runs the commands: only who a file belongs to may change its mode and its times,
which builds do. Of a link the link itself, whatever it leads to, and no folder behind it.
*/
async function giveAway(folder: string, signal: AbortSignal): Promise<void> {
	const entries = await readdir(folder, {withFileTypes: true, recursive: true});
	const inside = entries.map(({parentPath, name}) => path.join(parentPath, name));
	await pMap([folder, ...inside], async file => lchown(file, builder, builder), {concurrency: 16, signal});
}

async function refuseLeaks(engine: Engine, container: Omit<RunRequest, 'argv'>, signal: AbortSignal): Promise<void> {
	const leaks = await findLeaks(engine, container, {signal});
	if (leaks.length > 0) {
		throw new BuildError('STX0708', `with ${engine.name} a build would not be sealed in: ${leaks.join('; ')}`, {hint: 'choose another engine with --engine; `stx-build doctor` tries them'});
	}
}

/** Lets us remove what a command has written, whatever rights it has taken from its own folders. Root needs none. */
async function makeRemovable(folder: string, uid: number): Promise<void> {
	if (uid === 0) {
		return;
	}

	await chmod(folder, 0o755);
	const entries = await readdir(folder, {withFileTypes: true});
	for (const entry of entries.filter(each => each.isDirectory())) {
		await makeRemovable(path.join(folder, entry.name), uid);
	}
}
