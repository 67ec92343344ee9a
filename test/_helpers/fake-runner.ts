/**
A runner that runs nothing: it is told which commands will come, in which order, and what they print. A command that was
not foretold fails the test, and so does one that never came.

	const fake = fakeRunner([{match: 'docker tag a b'}]);
	await engine.tag('a', 'b');
	fake.done();
*/
import {BuildError} from '../../src/errors.js';
import {
	renderCommand, type Command, type Runner, type RunResult,
} from '../../src/system/index.js';

export type FakeCommand = {
	/** The whole command line as `renderCommand` writes it, or what it must look like. */
	readonly match: string | RegExp;
	readonly exitCode?: number;
	/** A function is asked when the command has come. */
	readonly stdout?: string | (() => string);
	readonly stderr?: string;
	readonly timedOut?: boolean;
	/** What the program would leave on the disk, or whom it would tell. */
	readonly effect?: (command: Command) => void | Promise<void>;
	/** The program is not installed. */
	readonly missing?: true;
	/** The run is interrupted. */
	readonly interrupted?: true;
};

export type FakeRunner = {
	readonly run: Runner;
	/** What was run. */
	readonly commands: readonly Command[];
	/** Throws when a foretold command did not come. */
	done(): void;
};

export function fakeRunner(expected: readonly FakeCommand[]): FakeRunner {
	const commands: Command[] = [];
	const run: Runner = async (command, options) => {
		const line = renderCommand(command);
		const next = expected[commands.length];
		commands.push(command);
		if (next === undefined || !(typeof next.match === 'string' ? next.match === line : next.match.test(line))) {
			throw new Error(`command ${commands.length} was not expected:\n  came:     ${line}\n  expected: ${next === undefined ? 'none' : String(next.match)}`);
		}

		await next.effect?.(command);
		if (next.missing) {
			throw new BuildError('STX0901', `\`${command.argv[0]}\` was not found on PATH`);
		}

		if (next.interrupted) {
			throw new BuildError('STX0003', `interrupted while running \`${command.argv[0]}\``);
		}

		return printResult(next, options?.onLine);
	};

	return {
		run,
		commands,
		done() {
			const missed = expected.slice(commands.length);
			if (missed.length > 0) {
				throw new Error(`these commands did not come:\n${missed.map(({match}) => `  ${String(match)}`).join('\n')}`);
			}
		},
	};
}

function printResult({
	exitCode = 0, stdout = '', stderr = '', timedOut = false,
}: FakeCommand, onLine: ((line: string) => void) | undefined): RunResult {
	const printed = typeof stdout === 'string' ? stdout : stdout();
	const output = `${stderr}${printed}`;
	for (const line of output.split('\n').filter(each => each !== '')) {
		onLine?.(line);
	}

	return {
		exitCode, stdout: printed, stderr, output, timedOut,
	};
}
