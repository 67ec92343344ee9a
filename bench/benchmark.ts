/** What a benchmark is, and the parts they share: timing whole commands, side by side, in one run. */
import {spawn} from 'node:child_process';
import process from 'node:process';

/** A line of the table. */
export type Row = {
	readonly what: string;
	readonly result: string;
	/** What it is measured against, in the same run. */
	readonly beside?: string;
	/** What it must stay under, and whether it does. */
	readonly limit?: {readonly text: string; readonly isKept: boolean};
};

export type BenchContext = {
	/** Root of the checkout. */
	readonly project: string;
	/** The built command. */
	readonly stxBuild: string;
	/** An empty folder of this benchmark's own, removed afterwards. */
	readonly scratch: string;
	/** How often a quick command is timed; the median counts. */
	readonly repeats: number;
	/** Shows what is being done. */
	say(text: string): void;
};

export type Benchmark = {
	readonly name: string;
	readonly title: string;
	run(context: BenchContext): Promise<readonly Row[]>;
};

export type Timed = {readonly seconds: number; readonly exitCode: number; readonly output: string; readonly peakMebibytes: number | undefined};

export type TimedOptions = {
	readonly cwd?: string;
	readonly env?: NodeJS.ProcessEnv;
	/** Also measure the peak of resident memory: that of the largest process, the command or one it waits for. */
	readonly withMemory?: boolean;
};

/** Runs a command to its end and measures it. Standard input is closed. */
export async function timeCommand([program, ...argv]: readonly [string, ...string[]], {cwd, env, withMemory = false}: TimedOptions = {}): Promise<Timed> {
	const [file, arguments_] = withMemory ? ['/usr/bin/env', ['python3', '-c', memoryProbe, program, ...argv]] as const : [program, argv] as const;
	return new Promise((resolve, reject) => {
		const start = performance.now();
		const child = spawn(file, arguments_, {cwd, env: {...process.env, ...env}, stdio: ['ignore', 'pipe', 'pipe']});
		let output = '';
		const collect = (data: Uint8Array): void => {
			output += String(data);
		};

		child.stdout.on('data', collect);
		child.stderr.on('data', collect);
		child.once('error', reject);
		child.once('close', code => {
			const peak = /^PEAK_KIB (\d+)$/m.exec(output)?.[1];
			resolve({
				seconds: (performance.now() - start) / 1000,
				exitCode: code ?? 1,
				output,
				peakMebibytes: peak === undefined ? undefined : Number(peak) / 1024,
			});
		});
	});
}

/** Runs a command, waits, and says the largest resident set of what it waited for, in KiB as Linux counts it. */
const memoryProbe = `
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print("PEAK_KIB", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, flush=True)
sys.exit(code)
`;

/** Times a command that must succeed. */
export async function timeChecked(argv: readonly [string, ...string[]], options?: TimedOptions): Promise<Timed> {
	const timed = await timeCommand(argv, options);
	if (timed.exitCode !== 0) {
		throw new Error(`\`${argv.join(' ')}\` ended with exit code ${timed.exitCode}\n${timed.output.trimEnd().split('\n').slice(-20).join('\n')}`);
	}

	return timed;
}

/**
Times commands in turn, round by round, so that what else the machine does falls on all of them alike.

@returns the median seconds of each, in the order of the commands.
*/
export async function timeSideBySide(commands: ReadonlyArray<readonly [string, ...string[]]>, repeats: number, options?: TimedOptions): Promise<readonly number[]> {
	const times = commands.map((): number[] => []);
	for (let round = 0; round < repeats; round++) {
		for (const [index, command] of commands.entries()) {
			times[index]!.push((await timeChecked(command, options)).seconds);
		}
	}

	return times.map(seconds => median(seconds));
}

export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export const formatSeconds = (seconds: number): string => seconds < 10 ? `${seconds.toFixed(2)} s` : `${seconds.toFixed(1)} s`;
export const formatRatio = (ratio: number): string => `${ratio.toFixed(2)}×`;
export const formatMebibytes = (mebibytes: number): string => `${mebibytes.toFixed(0)} MiB`;
