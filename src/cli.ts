/**
The composition root: the only place where real effects are made and handed over to the commands.
*/
import {readFileSync} from 'node:fs';
import {availableParallelism, homedir, totalmem} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setImmediate} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {Builtins, Cli} from 'clipanion';
import {commands, describeCommand, type Context} from './commands/index.js';
import type {Engine} from './engine/index.js';
import {BuildError} from './errors.js';
import {explainUsage, leadingWords, type CommandHelp} from './help/index.js';
import type {Registry, RegistryOptions} from './registry/index.js';
import {wantsColor} from './wants-color.js';
import {settingNames, settingTable} from './workspace/index.js';

/** The folder of package.json, build-config/ and wheels/, from src/ as from dist/. */
const packageFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const {version} = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8')) as {version: string};

/**
The command line, without effects. Clipanion weighs each word against every option of every command it knows: where the
first words name a command, it is told no others, and takes a tenth of the time.
*/
function createCli(line: readonly string[] = []): Cli<Context> {
	const cli = new Cli<Context>({
		binaryName: 'stx-build', binaryLabel: 'stx-build', binaryVersion: version, enableCapture: false,
	});
	cli.register(Builtins.VersionCommand);
	const meant = commands.filter(({paths}) => paths.some(words => words.every((word, index) => line[index] === word)));
	for (const command of meant.length > 0 ? meant : commands) {
		cli.register(command);
	}

	return cli;
}

/** All commands, as the help and docs/cli.md tell them; in the order of the help. */
export function describeCommands(): readonly CommandHelp[] {
	const settings = settingNames.map(name => settingTable[name].option);
	return createCli().definitions({colored: false}).filter(({category}) => category !== undefined).map(definition => describeCommand(definition, settings));
}

/**
Runs one command line to its end.

@param argv the words after the program's name.
@returns the exit code: 0 done, 1 something failed, 2 wrong usage or input, 130 interrupted.
*/
export async function runCommandLine(argv: readonly string[], context: Context): Promise<number> {
	if (argv.length === 0) {
		await runCommandLine(['help'], {...context, stdout: context.stderr});
		return 2;
	}

	// `--help` behind a command is the command `help` before it.
	const asksForHelp = argv.some(word => word === '--help' || word === '-h');
	const line = asksForHelp ? ['help', ...leadingWords(argv).slice(0, mostWords)] : [...argv];
	const cli = createCli(line);
	let command;
	try {
		command = cli.process(line, context);
	} catch (error) {
		const {renderError} = await import('./report/index.js');
		// Clipanion would write this, with the usage of every command, on standard output, and give exit code 1.
		context.stderr.write(renderError(explain(error, argv), {color: context.colorDepth > 1, version}));
		return 2;
	}

	return cli.run(command, context);
}

/** A request is asked again so often, whatever --attempts says of builds and pushes. */
const fewestRetries = 5;

/** A command has so many words. */
const mostWords = 2;

function explain(error: unknown, argv: readonly string[]): unknown {
	if (!(error instanceof Error) || error.name !== 'UnknownSyntaxError') {
		return error;
	}

	const [said = ''] = error.message.split('\n');
	return explainUsage(said, argv, describeCommands());
}

/**
Runs this process's command line. Who reads standard output may leave, as `head` does: then nothing is left to do, and what
runs is ended as on Ctrl+C, without an error. Who reads standard error may leave too, as `tee` does at Ctrl+C: what runs goes
on to its end, untold.

@returns the exit code
*/
export async function main(argv: readonly string[]): Promise<number> {
	const interrupted = new AbortController();
	const stop = (): void => {
		interrupted.abort();
	};

	let unwritten: NodeJS.ErrnoException | undefined;
	// These listeners stay: what is written last fails after this function has ended, and without a listener Node ends then.
	process.stdout.on('error', error => {
		unwritten ??= error;
		stop();
	});
	process.stderr.on('error', () => {
		// Nobody is there to be told.
	});
	// `once` would leave execa's own exit hook as the last listener, which kills this process before it has cleaned up.
	process.on('SIGINT', stop);
	process.on('SIGTERM', stop);
	// The terminal is gone, as when an ssh session is closed.
	process.on('SIGHUP', stop);
	try {
		const code = await runCommandLine(argv, createContext(interrupted.signal, () => unwritten === undefined));
		// Streams tell of what they could not write in a later turn.
		await setImmediate();
		return unwritten === undefined || unwritten.code === 'EPIPE' ? code : await tellUnwritten(unwritten);
	} finally {
		process.off('SIGINT', stop);
		process.off('SIGTERM', stop);
		process.off('SIGHUP', stop);
	}
}

/** Standard output that is a file on a full disk, and the like. @returns the exit code */
async function tellUnwritten(cause: Error): Promise<number> {
	const {renderError} = await import('./report/index.js');
	const error = new BuildError('STX0904', `standard output cannot be written: ${cause.message}`, {cause});
	process.stderr.write(renderError(error, {color: isColored(), version}));
	return error.exitCode;
}

/** Whether errors and progress are coloured. */
const isColored = (): boolean => wantsColor(process.env, process.stderr.isTTY);

/** Asked for when it counts: help is told in a folder that is gone, too. @throws BuildError STX0903 */
function workingFolder(): string {
	try {
		return process.cwd();
	} catch (error) {
		throw new BuildError('STX0903', 'the working folder is not there any more', {hint: 'change into another one', cause: error});
	}
}

/**
What this process gives its command line: its standard streams and environment, and effects that are made when they are
asked for.

@param hasReader whether standard output can still be written.
*/
export function createContext(signal: AbortSignal, hasReader = () => true): Context {
	const {env: environment, stdin, stdout, stderr} = process;
	const color = isColored();
	return {
		env: environment,
		stdin,
		stdout,
		stderr,
		colorDepth: color ? 8 : 1,
		surroundings: {
			get workingFolder() {
				return workingFolder();
			},
			homeFolder: homedir(),
			environment,
			machine: process.arch,
			processors: availableParallelism(),
			memory: Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY) / (1024 ** 3),
		},
		packageFolder,
		version,
		describeCommands,
		signal,
		hasReader,
		async listen(place, service) {
			const {listen} = await import('./system/index.js');
			return listen(place, service);
		},
		async effects(settings, format) {
			// Loaded only when there is work: `--help` stays fast.
			const [
				{createHttp, createRetryPolicy, createRunner, createSteadyRetry, createStore, endGroups, systemClock},
				{createRetryingEngine, selectEngine},
				{chooseFormat, createReporter},
			] = await Promise.all([
				import('./system/index.js'),
				import('./engine/index.js'),
				import('./report/index.js'),
			]);
			const run = createRunner(environment);
			// Nothing runs any more then, unless this process ends of a defect of its own.
			process.once('exit', endGroups);
			const retry = createRetryPolicy({random: Math.random, limit: Math.max(fewestRetries, settings.attempts - 1)});
			const {caBundle, httpProxy, httpsProxy, noProxy} = settings;
			const network = {
				caBundle, httpProxy, httpsProxy, noProxy,
			};
			const reporter = await createReporter({
				format: format === 'json' ? 'json' : chooseFormat(environment, stderr.isTTY),
				stdout,
				stderr,
				color,
				now: systemClock.monotonic,
			});
			const http = createHttp({
				...network, userAgent: `stx-build/${version}`, clock: systemClock, retry,
			});
			let engine: Promise<Engine> | undefined;
			let registry: Promise<Registry> | undefined;
			return {
				run,
				clock: systemClock,
				signal,
				machine: process.arch,
				retry,
				http,
				store: createStore(settings.cache),
				async engine() {
					engine ??= selectEngine({
						preferred: settings.engine, run, signal, ...network,
					}).then(selected => createRetryingEngine(selected, {
						retry: createSteadyRetry({attempts: settings.attempts, seconds: settings.retryDelay}),
						random: Math.random,
						note(message) {
							reporter.event({type: 'note', message});
						},
					}));
					return engine;
				},
				async registry() {
					registry ??= openRegistry({
						http, retry, signal, insecure: settings.insecureRegistries?.split(/[\s,]+/v) ?? [],
					}, environment);
					return registry;
				},
				reporter,
			};
		},
	};
}

/** The client of registries, loaded only where one is asked. Credentials are read when a registry wants some. */
async function openRegistry(options: Omit<RegistryOptions, 'authFiles'>, environment: NodeJS.ProcessEnv): Promise<Registry> {
	const {authFilePlaces, createRegistry, readAuthFiles} = await import('./registry/index.js');
	let files: ReturnType<typeof readAuthFiles> | undefined;
	return createRegistry({
		...options,
		async authFiles() {
			files ??= readAuthFiles(authFilePlaces(environment, homedir(), process.getuid!()));
			return files;
		},
	});
}
