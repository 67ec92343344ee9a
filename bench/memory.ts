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
	about: `\`stx-build wheels\` for an image that needs ${distributions} distributions of a made-up index on this machine: lock, download, tarball. The largest resident set of any one process counts, be it stx-build or uv.`,
	async run({stxBuild, project, scratch, say}) {
		const index = await createSyntheticIndex({distributions, bytes: 256 * 1024});
		try {
			await index.writeConfig(scratch, project);
			const argv = [...stxBuild, 'wheels', '--service', 'stx-synthetic', '--dialect', 'builtin', '--config', scratch, '--workspace', path.join(scratch, 'workspace'), '--cache-dir', path.join(scratch, 'cache'), '--index', index.url] as const;
			say('lock, download, tarball');
			const first = await timeChecked(argv, {withMemory: true});
			const {files} = index.served;
			say('once more, with nothing changed');
			const second = await timeChecked(argv, {withMemory: true});
			const row = (what: string, {peakMebibytes, seconds}: typeof first) => ({
				what, result: formatMebibytes(peakMebibytes!), beside: `took ${formatSeconds(seconds)}`, limit: {text: `${limit} MiB`, isKept: peakMebibytes! < limit},
			});
			return [
				row('resident at most, all made', first),
				row('resident at most, nothing changed', second),
				{what: 'downloads of whole files', result: String(files), limit: {text: `${distributions}, each once`, isKept: files === distributions}},
			];
		} finally {
			await index.close();
		}
	},
};
