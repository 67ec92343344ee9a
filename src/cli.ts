/**
The composition root: the only place where real effects are made and handed over to the commands.
*/
import {readFileSync} from 'node:fs';
import {availableParallelism, homedir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {Builtins, Cli} from 'clipanion';
import {commands} from './commands/index.js';
import type {Context} from './commands/context.js';
import type {Engine} from './engine/index.js';

/** The folder of package.json, build-config/ and wheels/, from src/ as from dist/. */
const packageFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const {version} = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8')) as {version: string};

/** The command line, without effects: also what writes docs/cli.md. */
export function createCli(): Cli<Context> {
	const cli = new Cli<Context>({binaryName: 'stx-build', binaryLabel: 'stx-build', binaryVersion: version, enableCapture: false});
	for (const command of [Builtins.HelpCommand, Builtins.VersionCommand, ...commands]) {
		cli.register(command);
	}

	return cli;
}

/**
Runs one command line to its end.

@param argv the words after the program's name.
@returns the exit code: 0 done, 1 something failed, 2 wrong usage or input, 130 interrupted.
*/
export async function runCommandLine(argv: readonly string[], context: Context): Promise<number> {
	const cli = createCli();
	let command;
	try {
		command = cli.process([...argv], context);
	} catch (error) {
		// Clipanion would write this on standard output and give exit code 1.
		context.stderr.write(cli.error(error, {colored: context.colorDepth > 1}));
		return 2;
	}

	const code = await cli.run(command, context);
	return context.signal.aborted ? 130 : code;
}

/** Runs this process's command line. @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
	const interrupted = new AbortController();
	const stop = (): void => {
		interrupted.abort();
	};

	// `once` would leave execa's own exit hook as the last listener, which kills this process before it has cleaned up.
	process.on('SIGINT', stop);
	process.on('SIGTERM', stop);
	try {
		return await runCommandLine(argv, createContext(interrupted.signal));
	} finally {
		process.off('SIGINT', stop);
		process.off('SIGTERM', stop);
	}
}

function createContext(signal: AbortSignal): Context {
	const {env: environment, stdin, stdout, stderr} = process;
	const isDumb = environment['TERM'] === 'dumb';
	const color = (environment['NO_COLOR'] ?? '') === '' && !isDumb && stderr.isTTY;
	return {
		env: environment,
		stdin,
		stdout,
		stderr,
		colorDepth: color ? 8 : 1,
		surroundings: {
			workingFolder: process.cwd(),
			homeFolder: homedir(),
			environment,
			machine: process.arch,
			processors: availableParallelism(),
		},
		packageFolder,
		version,
		signal,
		async effects(settings, format) {
			// Loaded only when there is work: `--help` stays fast.
			const [{createHttp, createRetryPolicy, createRunner, createStore, systemClock}, {selectEngine}, {chooseFormat, createReporter}] = await Promise.all([
				import('./system/index.js'),
				import('./engine/index.js'),
				import('./report/index.js'),
			]);
			const run = createRunner(environment);
			const retry = createRetryPolicy({random: Math.random});
			const {caBundle, httpProxy, httpsProxy, noProxy} = settings;
			const network = {caBundle, httpProxy, httpsProxy, noProxy};
			let engine: Promise<Engine> | undefined;
			return {
				run,
				clock: systemClock,
				signal,
				machine: process.arch,
				retry,
				http: createHttp({...network, userAgent: `stx-build/${version}`, clock: systemClock, retry}),
				store: createStore(settings.cache),
				async engine() {
					engine ??= selectEngine({preferred: settings.engine, run, signal, ...network});
					return engine;
				},
				reporter: createReporter({
					format: format === 'json' ? 'json' : chooseFormat(environment, stderr.isTTY),
					stdout,
					stderr,
					color,
					now: systemClock.monotonic,
				}),
			};
		},
	};
}
