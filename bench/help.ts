import process from 'node:process';
import {
	formatRatio, formatSeconds, measureSideBySide, timeChecked, type Benchmark, type Program,
} from './benchmark.js';

/** Seconds that a person does not notice. */
const limit = 0.2;

export const help: Benchmark = {
	name: 'help',
	title: 'Starting up',
	about: 'The time until the prompt is back, beside Node doing nothing at all.',
	async run({stxBuild, scratch, repeats}) {
		const commands: readonly Program[] = [[process.execPath, '--eval', '0'], [...stxBuild, '--help'], [...stxBuild, 'config', 'show']];
		const measures = commands.map(command => async () => (await timeChecked(command, {cwd: scratch})).seconds);
		const [node, shown, settings] = await measureSideBySide(measures, {repeats: repeats * 5});
		const beside = (seconds: number): string => `\`node --eval 0\`: ${formatSeconds(node!)}, ${formatRatio(seconds / node!)}`;
		return [
			{
				what: '`stx-build --help`', result: formatSeconds(shown!), beside: beside(shown!), limit: {text: `${limit} s`, isKept: shown! < limit},
			},
			{what: '`stx-build config show`', result: formatSeconds(settings!), beside: beside(settings!)},
		];
	},
};
