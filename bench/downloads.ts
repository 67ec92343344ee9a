import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {
	formatRatio, formatSeconds, timeChecked, type Benchmark,
} from './benchmark.js';
import {createSyntheticIndex} from './synthetic-index.js';

const distributions = 100;
const latency = 50;

export const downloads: Benchmark = {
	name: 'downloads',
	title: `Downloads: ${distributions} wheels of 1 MiB, ${latency} ms away`,
	async run({stxBuild, project, scratch, say}) {
		const index = await createSyntheticIndex({distributions, bytes: 1024 * 1024, latency});
		try {
			await index.writeConfig(scratch, project);
			const requirements = path.join(scratch, 'requirements.txt');
			await writeFile(requirements, index.requirements.join('\n'));
			say('pip');
			const pip = await timeChecked(['python3', '-m', 'pip', 'download', '--quiet', '--isolated', '--no-cache-dir', '--no-deps', '--index-url', index.url, '--dest', path.join(scratch, 'pip'), '--requirement', requirements]);
			index.served.files = 0;
			say('stx-build');
			const ours = await timeChecked([stxBuild, 'wheels', '--skip', '*', '--config', scratch, '--workspace', path.join(scratch, 'workspace'), '--cache', path.join(scratch, 'cache'), '--index', index.url]);
			return [
				{what: '`pip download`', result: formatSeconds(pip.seconds)},
				{what: '`stx-build wheels`: lock, download, verify, tarball', result: formatSeconds(ours.seconds), beside: `\`pip download\`, ${formatRatio(ours.seconds / pip.seconds)}`},
				{what: 'files that stx-build asked for', result: String(index.served.files), limit: {text: `${distributions}, each once`, isKept: index.served.files <= distributions}},
			];
		} finally {
			await index.close();
		}
	},
};
