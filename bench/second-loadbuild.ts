import path from 'node:path';
import {
	formatRatio, formatSeconds, median, timeChecked, type Benchmark,
} from './benchmark.js';

const limit = 2;

export const secondLoadbuild: Benchmark = {
	name: 'second-loadbuild',
	title: 'A loadbuild with nothing changed',
	about: '`stx-build loadbuild --service keystone --dialect builtin` in a new workspace, then again and again. The first one takes from the store and the engine what is there already, so its time says how much was.',
	async run({stxBuild, scratch, repeats, say}) {
		const command = [...stxBuild, 'loadbuild', '--service', 'keystone', '--dialect', 'builtin', '--config', scratch, '--workspace', path.join(scratch, 'workspace'), '--json'] as const;
		say('the first one, which may build');
		const first = await timeChecked(command);
		const again = [];
		for (let round = 0; round < repeats; round++) {
			say(`again, ${round + 1} of ${repeats}`);
			again.push(await timeChecked(command));
		}

		const seconds = median(again.map(timed => timed.seconds));
		const [started, most] = [startsOf(first.stdout), Math.max(...again.map(({stdout}) => startsOf(stdout)))];
		return [
			{what: `the first one: ${started} steps to do`, result: formatSeconds(first.seconds)},
			{
				what: 'the next ones', result: formatSeconds(seconds), beside: `the first one, ${formatRatio(seconds / first.seconds)}`, limit: {text: `${limit} s`, isKept: seconds < limit},
			},
			{what: 'steps that the next ones started', result: String(most), limit: {text: 'none', isKept: most === 0}},
		];
	},
};

const startsOf = (events: string): number => events.split('\n').filter(line => line.startsWith('{"type":"start"')).length;
