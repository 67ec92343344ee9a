/**
The one way to run a program. A command is an argv array: no shell line is ever put together from values. Shell text
exists only where a user wrote it himself (CUSTOMIZATION, POSTBUILD_COMMAND, [verify]) and is handed to a shell inside
a container as one argument.
*/
import {constants} from 'node:os';
import path from 'node:path';
import {execa, type Result} from 'execa';
import {BuildError} from '../errors.js';
import {exists} from './files.js';
import {endGroup, noteGroup} from './run-group.js';
import {openRunLog} from './run-log.js';

export type Command = {
	readonly argv: readonly [string, ...string[]];
	readonly cwd?: string;
	/** Added to the allow-listed variables of this process; undefined takes one away. */
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** More variables of this process that it sees, by name. */
	readonly inherit?: readonly string[];
	/** Given on standard input, which is otherwise closed. */
	readonly input?: string;
	/** Where its standard output goes as bytes, in place of the result. */
	readonly outputFile?: string;
	/**
	What ends it, and all that it has started, on interruption or timeout: SIGTERM, and SIGKILL for what is still there after 5
	seconds, unless said otherwise. What has made itself a session of its own is not ended, but waited for as long as it can print.
	*/
	readonly killSignal?: 'SIGTERM' | 'SIGKILL';
};

export type RunOptions = {
	readonly signal?: AbortSignal;
	/** Each line of standard output and standard error as it comes. */
	readonly onLine?: (line: string) => void;
	/** All output goes there as it comes; the folder is made. */
	readonly logFile?: string;
	readonly timeoutSeconds?: number;
	/** Ends what prints more: on standard output, on standard error, or twice as much on both. 64 MiB by default. */
	readonly mostOutputMebibytes?: number;
};

export type RunResult = {
	/** 128 + the signal's number when a signal ended it, as a shell has it. */
	readonly exitCode: number;
	readonly stdout: string;
	readonly stderr: string;
	/** Both, as they came. */
	readonly output: string;
	readonly timedOut: boolean;
};

/**
Runs a program to its end. It has no terminal, and Ctrl+C does not come to it: it is the signal of the options that ends it.

@returns its exit code and output, whatever the exit code.
@throws BuildError STX0901 when the program is not there, STX0003 when interrupted, also before it was started, STX0914 when it prints without end, STX0904 and STX0905 when the log
cannot be written, which ends the program.
*/
export type Runner = (command: Command, options?: RunOptions) => Promise<RunResult>;

const mebibyte = 1024 * 1024;
const usualMostOutput = 64;

/** The variables a child may see. Others change what pip, uv, git and engines do behind one's back. */
const inherited = ['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'TERM', 'XDG_RUNTIME_DIR', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'DOCKER_HOST', 'DOCKER_CONFIG', 'REGISTRY_AUTH_FILE', 'STORAGE_DRIVER'];

function childEnvironment(from: Readonly<Record<string, string | undefined>>, {env = {}, inherit = []}: Pick<Command, 'env' | 'inherit'>): Record<string, string> {
	const allowed = Object.fromEntries([...inherited, ...inherit].map(name => [name, from[name]]));
	const merged = {
		LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', ...allowed, ...env,
	};
	return Object.fromEntries(Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** @param environment the variables of this process, from which children get the allowed ones. */
export function createRunner(environment: Readonly<Record<string, string | undefined>>): Runner {
	return async (command, options = {}) => {
		const [file, ...args] = command.argv;
		const {signal, mostOutputMebibytes: mostOutput = usualMostOutput} = options;
		if (signal?.aborted) {
			throw interruption(file, signal);
		}

		const log = options.logFile === undefined ? undefined : await openRunLog(options.logFile);
		const child = execa(file, args, {
			...(command.cwd !== undefined && {cwd: command.cwd}),
			env: childEnvironment(environment, command),
			extendEnv: false,
			detached: true,
			// A closed standard input: Node would give a socket, and bash reads .bashrc when it sees one.
			...(command.input === undefined ? {stdin: 'ignore'} : {input: command.input}),
			...(command.outputFile !== undefined && {stdout: {file: command.outputFile}}),
			all: true,
			reject: false,
			stripFinalNewline: false,
			maxBuffer: mostOutput * mebibyte,
		});
		const ending = watchEnds(child.pid, {signals: [signal, log?.refused], seconds: options.timeoutSeconds, killSignal: command.killSignal});
		if (log) {
			child.all.pipe(log.stream, {end: false});
		}

		if (options.onLine) {
			void tellLines(child.iterable({from: 'all'}), options.onLine);
		}

		const result = await child;
		const endedBy = await ending();
		const refusal = await log?.close();
		const missing = result.code === 'ENOENT' && command.cwd !== undefined && !await exists(command.cwd) ? command.cwd : undefined;
		const failure = endedBy !== undefined && endedBy === signal ? interruption(file, signal) : refusal ?? failureOf(file, result, {mostOutput, missing});
		if (failure) {
			throw failure;
		}

		return {
			exitCode: result.exitCode ?? 128 + constants.signals[result.signal!],
			stdout: String(result.stdout ?? ''),
			stderr: String(result.stderr ?? ''),
			output: String(result.all ?? ''),
			timedOut: endedBy === 'timeout',
		};
	};
}

type Ends = {
	readonly signals: ReadonlyArray<AbortSignal | undefined>;
	readonly seconds: number | undefined;
	readonly killSignal: Command['killSignal'];
};

/**
Ends a program and all that it has started when one of the signals is aborted, or the time is up.

@param leader its process id; undefined where it could not be started.
@returns to be called when the program has ended: waits for the end of what was told to end, and says what did that.
*/
function watchEnds(leader: number | undefined, {signals, seconds, killSignal = 'SIGTERM'}: Ends): () => Promise<AbortSignal | 'timeout' | undefined> {
	if (leader === undefined) {
		return async () => undefined;
	}

	const forget = noteGroup(leader);
	let endedBy: AbortSignal | 'timeout' | undefined;
	let ended: Promise<void> | undefined;
	const end = (by: AbortSignal | 'timeout'): void => {
		endedBy ??= by;
		ended ??= endGroup(leader, killSignal);
	};

	const timer = seconds === undefined ? undefined : setTimeout(end, seconds * 1000, 'timeout');
	const undo = signals.filter(signal => signal !== undefined).map(signal => {
		const listener = (): void => {
			end(signal);
		};

		if (signal.aborted) {
			listener();
		}

		signal.addEventListener('abort', listener, {once: true});
		return () => {
			signal.removeEventListener('abort', listener);
		};
	});
	return async () => {
		clearTimeout(timer);
		for (const each of undo) {
			each();
		}

		await ended;
		forget();
		return endedBy;
	};
}

const interruption = (file: string, signal: AbortSignal): BuildError => new BuildError('STX0003', `interrupted while running \`${file}\``, {cause: signal.reason});

type Ended = Pick<Result, 'isMaxBuffer' | 'code' | 'exitCode' | 'signal' | 'shortMessage' | 'cause'>;

/** Why the run of a program has no result; undefined when it has one, whatever its exit code. */
function failureOf(file: string, {isMaxBuffer, code, exitCode, signal, shortMessage, cause}: Ended, {mostOutput, missing}: {
	readonly mostOutput: number;
	/** The folder that it was to run in, where there is none: the system says the same of a program that is missing. */
	readonly missing: string | undefined;
}): Error | undefined {
	if (isMaxBuffer) {
		return new BuildError('STX0914', `\`${file}\` printed more than ${mostOutput} MiB`);
	}

	if (missing !== undefined && exitCode === undefined) {
		return new BuildError('STX0902', `\`${file}\` could not be run: there is no folder \`${missing}\` to run it in`);
	}

	if (code === 'ENOENT' && exitCode === undefined) {
		return new BuildError('STX0901', `\`${file}\` was not found on PATH`, {hint: `install \`${path.basename(file)}\`; \`stx-build doctor\` says how`});
	}

	return exitCode === undefined && signal === undefined
		? new BuildError('STX0902', `\`${file}\` could not be run: ${shortMessage ?? 'unknown reason'}`, {cause})
		: undefined;
}

async function tellLines(lines: AsyncIterable<unknown>, onLine: (line: string) => void): Promise<void> {
	try {
		for await (const line of lines) {
			onLine(String(line));
		}
	} catch {
		// The result says how the child ended.
	}
}

/** Runs a program that must succeed. @throws BuildError STX0902 with the last lines of its output. */
export async function runChecked(run: Runner, command: Command, options?: RunOptions & {readonly what?: string}): Promise<RunResult> {
	const result = await run(command, options);
	if (result.exitCode !== 0) {
		const tail = result.output.trimEnd().split('\n').slice(-15).join('\n');
		const ended = result.timedOut ? `took longer than ${options?.timeoutSeconds ?? 0} s` : `ended with exit code ${result.exitCode}`;
		throw new BuildError('STX0902', `${options?.what ?? `\`${command.argv[0]}\``} ${ended}${tail === '' ? '' : `\n${tail}`}`, options?.logFile === undefined ? {} : {at: {file: options.logFile}});
	}

	return result;
}

/** A command as a person would paste it into a shell. */
export function renderCommand(command: Command): string {
	return command.argv.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll('\'', String.raw`'\''`)}'`)).join(' ');
}
