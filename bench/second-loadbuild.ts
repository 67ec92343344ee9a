import path from 'node:path';
import {
	formatRatio, formatSeconds, median, timeChecked, type Benchmark,
} from './benchmark.js';

const limit = 2;

export const secondLoadbuild: Benchmark = {
	name: 'second-loadbuild',
	title: 'A loadbuild with nothing changed',
	async run({stxBuild, scratch, repeats, say}) {
		const command = [stxBuild, 'loadbuild', '--service', 'keystone', '--workspace', path.join(scratch, 'workspace'), '--json'] as const;
		say('the first one, which may build');
		const first = await timeChecked(command);
		const again = [];
		for (let round = 0; round < repeats; round++) {
			say(`again, ${round + 1} of ${repeats}`);
			again.push(await timeChecked(command));
		}

		const seconds = median(again.map(timed => timed.seconds));
		const started = again.flatMap(({output}) => output.split('\n')).filter(line => line.includes('"type":"start"')).length;
		return [
			{what: 'the first one', result: formatSeconds(first.seconds)},
			{
				what: 'the next ones', result: formatSeconds(seconds), beside: `the first one, ${formatRatio(seconds / first.seconds)}`, limit: {text: `${limit} s`, isKept: seconds < limit},
			},
			{what: 'steps that the next ones started', result: String(started), limit: {text: 'none', isKept: started === 0}},
		];
	},
};
