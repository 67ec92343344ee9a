import path from 'node:path';
import {
	formatMebibytes, formatSeconds, timeChecked, type Benchmark,
} from './benchmark.js';
import {createSyntheticIndex} from './synthetic-index.js';

const distributions = 600;
const limit = 300;

export const memory: Benchmark = {
	name: 'memory',
	title: `Memory with ${distributions} distributions`,
	async run({stxBuild, project, scratch, say}) {
		const index = await createSyntheticIndex({distributions, bytes: 64 * 1024, latency: 0});
		try {
			await index.writeConfig(scratch, project);
			const argv = [stxBuild, 'wheels', '--skip', '*', '--config', scratch, '--workspace', path.join(scratch, 'workspace'), '--cache', path.join(scratch, 'cache'), '--index', index.url] as const;
			say('plan, lock, fetch, tarball');
			const first = await timeChecked(argv, {withMemory: true});
			say('once more, with nothing changed');
			const second = await timeChecked(argv, {withMemory: true});
			const row = (what: string, {peakMebibytes, seconds}: typeof first) => ({
				what, result: formatMebibytes(peakMebibytes!), beside: `took ${formatSeconds(seconds)}`, limit: {text: `${limit} MiB`, isKept: peakMebibytes! < limit},
			});
			return [row('resident at most, all made', first), row('resident at most, nothing changed', second)];
		} finally {
			await index.close();
		}
	},
};
