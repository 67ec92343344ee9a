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

/** A program with its first arguments. */
export type Program = readonly [string, ...string[]];

export type BenchContext = {
	/** Root of the checkout. */
	readonly project: string;
	/** The command, compiled from the sources as they were when the run began. */
	readonly stxBuild: Program;
	/** Where pip and uv come from; made on the first call. */
	tools(): Promise<Tools>;
	/** An empty folder of this benchmark's own, removed afterwards. */
	readonly scratch: string;
	/** A checkout of starlingx/root, where one was named. */
	readonly starlingx: string | undefined;
	/** How often a command is timed; the median counts. */
	readonly repeats: number;
	/** Shows what is being done. */
	say(text: string): void;
};

/** What stx-build is measured beside: the versions that wheels/toolchain.txt pins. */
export type Tools = {
	readonly pip: Program;
	readonly uv: Program;
	/** Versions, as text for people. */
	readonly versions: string;
	/** The index and the certificates that stx-build uses, and none of the machine's own settings of pip and uv. */
	readonly env: NodeJS.ProcessEnv;
};

export type Benchmark = {
	readonly name: string;
	readonly title: string;
	/** What is compared with what, and what speaks for and against the comparison. */
	readonly about: string;
	run(context: BenchContext): Promise<readonly Row[]>;
};

export type Timed = {readonly seconds: number; readonly exitCode: number; readonly stdout: string; readonly stderr: string; readonly peakMebibytes: number | undefined};

export type TimedOptions = {
	readonly cwd?: string;
	/** All variables of the command; this process's by default. */
	readonly env?: NodeJS.ProcessEnv;
	/** Also measure the peak of resident memory: that of the largest process, the command or one it waits for. */
	readonly withMemory?: boolean;
};

/** Runs a command to its end and measures it. Standard input is closed. */
export async function timeCommand([program, ...argv]: Program, {cwd, env = process.env, withMemory = false}: TimedOptions = {}): Promise<Timed> {
	const [file, arguments_] = withMemory ? ['python3', ['-c', memoryProbe, program, ...argv]] as const : [program, argv] as const;
	return new Promise((resolve, reject) => {
		const start = performance.now();
		const child = spawn(file, arguments_, {cwd, env, stdio: ['ignore', 'pipe', 'pipe']});
		let [stdout, stderr] = ['', ''];
		child.stdout.setEncoding('utf8').on('data', (data: string) => {
			stdout += data;
		});
		child.stderr.setEncoding('utf8').on('data', (data: string) => {
			stderr += data;
		});
		child.once('error', reject);
		child.once('close', code => {
			const peak = /^PEAK_KIB (\d+)$/m.exec(stderr)?.[1];
			resolve({
				seconds: (performance.now() - start) / 1000,
				exitCode: code ?? 1,
				stdout,
				stderr,
				peakMebibytes: peak === undefined ? undefined : Number(peak) / 1024,
			});
		});
	});
}

/** Runs a command, waits, and says the largest resident set of what it waited for, in KiB as Linux counts it. */
const memoryProbe = `
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print("PEAK_KIB", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr, flush=True)
sys.exit(code)
`;

/** Times a command that must succeed. */
export async function timeChecked(argv: Program, options?: TimedOptions): Promise<Timed> {
	const timed = await timeCommand(argv, options);
	if (timed.exitCode !== 0) {
		throw new Error(`\`${argv.join(' ').slice(0, 300)}\` ended with exit code ${timed.exitCode}\n${`${timed.stdout}\n${timed.stderr}`.trim().split('\n').slice(-20).join('\n')}`);
	}

	return timed;
}

/**
Measures in turn, round by round, so that what else the machine does falls on all alike.

@param measures each gives the seconds of one round, whose number it gets, from 0.
@returns the median seconds of each, in their order.
*/
export async function measureSideBySide(measures: ReadonlyArray<(round: number) => Promise<number>>, {repeats, say}: Pick<BenchContext, 'repeats'> & Partial<Pick<BenchContext, 'say'>>): Promise<readonly number[]> {
	const times = measures.map((): number[] => []);
	for (let round = 0; round < repeats; round++) {
		say?.(`round ${round + 1} of ${repeats}`);
		for (const [index, measure] of measures.entries()) {
			times[index]!.push(await measure(round));
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
