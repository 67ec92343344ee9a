import process from 'node:process';
import {
	formatRatio, formatSeconds, timeSideBySide, type Benchmark,
} from './benchmark.js';

/** Seconds that a person does not notice. */
const limit = 0.2;

export const help: Benchmark = {
	name: 'help',
	title: 'Starting up',
	async run({stxBuild, scratch, repeats}) {
		const [node, shown, settings] = await timeSideBySide([[process.execPath, '--eval', '0'], [stxBuild, '--help'], [stxBuild, 'config', 'show']], repeats, {cwd: scratch});
		const beside = (seconds: number): string => `\`node --eval 0\`: ${formatSeconds(node!)}, ${formatRatio(seconds / node!)}`;
		return [
			{
				what: '`stx-build --help`', result: formatSeconds(shown!), beside: beside(shown!), limit: {text: `${limit} s`, isKept: shown! < limit},
			},
			{what: '`stx-build config show`', result: formatSeconds(settings!), beside: beside(settings!)},
		];
	},
};
