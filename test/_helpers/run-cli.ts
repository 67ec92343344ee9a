import {PassThrough} from 'node:stream';
import {text} from 'node:stream/consumers';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {describeCommands, runCommandLine} from '../../src/cli.js';
import type {Context} from '../../src/commands/context.js';
import {listen as listenReally} from '../../src/system/index.js';

export type CliOptions = {
	/** The working folder, absolute. */
	readonly folder: string;
	readonly environment?: Readonly<Record<string, string>>;
	readonly effects?: Context['effects'];
	readonly signal?: AbortSignal;
	/** Whether somebody reads standard output to its end; true by default. */
	readonly hasReader?: boolean;
	/** Of standard error, as Node tells it; 1, no colours, by default. */
	readonly colorDepth?: number;
	/** What starts HTTP servers; the real one by default. */
	readonly listen?: Context['listen'];
};

export type CliResult = {readonly code: number; readonly out: string; readonly err: string};

/** The folder of stx-build itself. */
export const packageFolder = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** Runs a command line in this process, with the effects that are given; none by default. */
export async function runCli(argv: readonly string[], {
	folder, environment = {}, effects, signal, hasReader = true, colorDepth = 1, listen = listenReally,
}: CliOptions): Promise<CliResult> {
	const stdout = new PassThrough();
	const stderr = new PassThrough();
	const [out, error] = [text(stdout), text(stderr)];
	const code = await runCommandLine(argv, {
		env: environment,
		stdin: new PassThrough(),
		stdout,
		stderr,
		colorDepth,
		surroundings: {
			workingFolder: folder, homeFolder: path.join(folder, 'home'), environment, machine: 'x64', processors: 2, memory: 8,
		},
		packageFolder,
		version: '0.0.0-test',
		describeCommands,
		signal: signal ?? new AbortController().signal,
		hasReader: () => hasReader,
		listen,
		effects: effects ?? (async () => {
			throw new Error('this command line was not expected to do work');
		}),
	});
	stdout.end();
	stderr.end();
	return {code, out: await out, err: await error};
}
