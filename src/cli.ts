/**
The composition root: the only place where real effects are made and handed over to the commands.
*/
import {readFileSync} from 'node:fs';
import {availableParallelism, homedir, totalmem} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {Builtins, Cli} from 'clipanion';
import {
	commands, describeCommand, formatCommandHelp, formatOverview, type CommandHelp, type Context,
} from './commands/index.js';
import type {Engine} from './engine/index.js';
import {BuildError} from './errors.js';
import {settingNames, settingTable} from './workspace/index.js';

/** The folder of package.json, build-config/ and wheels/, from src/ as from dist/. */
const packageFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const {version} = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8')) as {version: string};

/** The command line, without effects. */
function createCli(): Cli<Context> {
	const cli = new Cli<Context>({
		binaryName: 'stx-build', binaryLabel: 'stx-build', binaryVersion: version, enableCapture: false,
	});
	cli.register(Builtins.VersionCommand);
	for (const command of commands) {
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
	if (argv.some(word => word === '--help' || word === '-h')) {
		context.stdout.write(helpFor(argv));
		return 0;
	}

	if (argv.length === 0) {
		context.stderr.write(helpFor([]));
		return 2;
	}

	let command;
	const cli = createCli();
	try {
		command = cli.process([...argv], context);
	} catch (error) {
		const {renderError} = await import('./report/index.js');
		// Clipanion would write this, with the usage of every command, on standard output, and give exit code 1.
		context.stderr.write(renderError(explainUsage(error, argv), {color: context.colorDepth > 1, version}));
		return 2;
	}

	return cli.run(command, context);
}

function helpFor(argv: readonly string[]): string {
	const all = describeCommands();
	const meant = meantCommand(all, argv);
	return meant ? formatCommandHelp(meant) : formatOverview(all, version);
}

/** The command whose words the line begins with: of `wheels` and `wheels lint` the longer one. */
function meantCommand(all: readonly CommandHelp[], argv: readonly string[]): CommandHelp | undefined {
	const matching = all.filter(({path}) => path.split(' ').every((word, index) => argv[index] === word));
	return matching.toSorted((a, b) => b.path.length - a.path.length)[0];
}

function explainUsage(error: unknown, argv: readonly string[]): unknown {
	if (!(error instanceof Error) || error.name !== 'UnknownSyntaxError') {
		return error;
	}

	const [said = ''] = error.message.split('\n');
	const meant = meantCommand(describeCommands(), argv);
	return meant
		? new BuildError('STX0001', `stx-build ${meant.path}: ${explainWords(said, meant)}`, {hint: `\`stx-build ${meant.path} --help\` tells its options`})
		: new BuildError('STX0001', `there is no command \`${argv.filter(word => !word.startsWith('-')).join(' ')}\``, {hint: '`stx-build --help` tells the commands'});
}

/** What Clipanion says of the words behind a command, with what it leaves out. */
function explainWords(said: string, {rest}: CommandHelp): string {
	if (/^not enough positional/i.test(said)) {
		return `it needs ${rest}`;
	}

	const option = /^not enough arguments to option (?<name>\S+)/i.exec(said)?.groups?.name?.replace(/\.$/, '');
	return option === undefined
		? `${said.charAt(0).toLowerCase()}${said.slice(1).replace(/\.$/, '')}`
		: `${option} needs a value; one that begins with \`-\` is written as ${option}=VALUE`;
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
	const isDumb = environment.TERM === 'dumb';
	const color = (environment.NO_COLOR ?? '') === '' && !isDumb && stderr.isTTY;
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
			memory: Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY) / (1024 ** 3),
		},
		packageFolder,
		version,
		describeCommands,
		signal,
		async listen(place, service) {
			const {listen} = await import('./system/index.js');
			return listen(place, service);
		},
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
			const network = {
				caBundle, httpProxy, httpsProxy, noProxy,
			};
			let engine: Promise<Engine> | undefined;
			return {
				run,
				clock: systemClock,
				signal,
				machine: process.arch,
				retry,
				http: createHttp({
					...network, userAgent: `stx-build/${version}`, clock: systemClock, retry,
				}),
				store: createStore(settings.cache),
				async engine() {
					engine ??= selectEngine({
						preferred: settings.engine, run, signal, ...network,
					});
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
