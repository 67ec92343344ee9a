/** Runs programs as a user does: in a process of their own, with the user's environment and folders of the test's. */
import {spawn} from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import {packageFolder} from './run-cli.js';

export type ProgramOptions = {
	/** The working folder. */
	readonly folder: string;
	readonly environment?: Readonly<Record<string, string>>;
	/** Sends SIGINT, once, when standard error matches. */
	readonly interruptAt?: RegExp;
	/** Kills it outright, when standard error matches or when this is aborted. */
	readonly killAt?: RegExp | AbortSignal;
};

export type ProgramResult = {
	readonly code: number | null;
	readonly out: string;
	readonly err: string;
	/** Its process id, which names its temporary folders. */
	readonly pid: number | undefined;
};

/** Runs bin/stx-build. */
export const runStxBuild = async (argv: readonly string[], options: ProgramOptions): Promise<ProgramResult> => runProgram(path.join(packageFolder, 'bin', 'stx-build'), argv, options);

export async function runProgram(program: string, argv: readonly string[], {folder, environment = {}, interruptAt, killAt}: ProgramOptions): Promise<ProgramResult> {
	return new Promise((resolve, reject) => {
		const child = spawn(program, argv, {
			cwd: folder,
			stdio: ['ignore', 'pipe', 'pipe'],
			env: {
				...process.env, CI: '1', NO_COLOR: '1', ...environment,
			},
		});
		let out = '';
		let error = '';
		let interrupted = false;
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			out += text;
		});
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			error += text;
			if (!interrupted && interruptAt?.test(error)) {
				interrupted = true;
				child.kill('SIGINT');
			}

			if (killAt instanceof RegExp && killAt.test(error)) {
				child.kill('SIGKILL');
			}
		});
		if (killAt instanceof AbortSignal) {
			killAt.addEventListener('abort', () => {
				child.kill('SIGKILL');
			});
		}

		child.once('error', reject);
		child.once('close', code => {
			resolve({
				code, out, err: error, pid: child.pid,
			});
		});
	});
}
