/**
The composition root: the only place where real effects are made and handed over to the commands.
*/
import {readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import path from 'node:path';
import {availableParallelism} from 'node:os';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {Builtins, Cli} from 'clipanion';
import {commands} from './commands/index.js';
import type {Context, Opened} from './commands/context.js';
import {selectEngine, type Engine} from './engine/index.js';
import {createReporter} from './report/index.js';
import {createHttp, createRunner, createStore, systemClock} from './system/index.js';
import type {Settings} from './workspace/index.js';

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
export async function main(argv: readonly string[]): Promise<number> {
	const interrupted = new AbortController();
	const stop = (): void => {
		interrupted.abort();
	};

	// `once` would leave execa's own exit hook as the last listener, which kills this process before it has cleaned up.
	process.on('SIGINT', stop);
	process.on('SIGTERM', stop);
	try {
		const cli = createCli();
		const context = createContext(interrupted.signal);
		let command;
		try {
			command = cli.process([...argv], context);
		} catch (error) {
			process.stderr.write(cli.error(error, {colored: context.colorDepth > 1}));
			return 2;
		}

		const code = await cli.run(command, context);
		return interrupted.signal.aborted ? 130 : code;
	} finally {
		process.off('SIGINT', stop);
		process.off('SIGTERM', stop);
	}
}

function createContext(signal: AbortSignal): Context {
	const {env: environment} = process;
	const run = createRunner(environment);
	const color = (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb' && process.stderr.isTTY;
	return {
		env: environment,
		stdin: process.stdin,
		stdout: process.stdout,
		stderr: process.stderr,
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
		run,
		clock: systemClock,
		signal,
		open: settings => openEffects(settings, {run, signal}),
		reporter: format => createReporter({
			format: format === 'json' ? 'json' : (process.stderr.isTTY && environment['TERM'] !== 'dumb' && !environment['CI'] ? 'terminal' : 'plain'),
			stdout: process.stdout,
			stderr: process.stderr,
			color,
			now: systemClock.monotonic,
		}),
	};
}

function openEffects(settings: Settings, {run, signal}: Pick<Context, 'run' | 'signal'>): Opened {
	let engine: Promise<Engine> | undefined;
	return {
		http: createHttp({...settings, userAgent: `stx-build/${version}`}),
		store: createStore(settings.cache),
		engine: async () => {
			engine ??= selectEngine({preferred: settings.engine, run, signal});
			return engine;
		},
	};
}
