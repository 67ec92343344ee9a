import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {
	formatRatio, formatSeconds, median, timeChecked, type Benchmark,
} from './benchmark.js';

/** A pure-Python project; each version is another input, so each is built. */
async function writeProject(folder: string, version: string): Promise<void> {
	await mkdir(path.join(folder, 'bench_project'), {recursive: true});
	await writeFile(path.join(folder, 'bench_project', '__init__.py'), `version = '${version}'\n`);
	await writeFile(path.join(folder, 'pyproject.toml'), `[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n\n[project]\nname = "bench-project"\nversion = "${version}"\n`);
}

export const sdistBuild: Benchmark = {
	name: 'sdist-build',
	title: 'Building a pure-Python project',
	async run({stxBuild, scratch, repeats, say}) {
		const module = path.join(scratch, 'module');
		const config = path.join(scratch, 'config');
		await mkdir(path.join(config, 'wheels'), {recursive: true});
		await writeFile(path.join(config, 'wheels', 'modules.ini'), `[bench-project]\npath = ${module}\n`);
		const build = async () => timeChecked([stxBuild, 'wheels', '--only', 'bench-project', '--config', config, '--workspace', path.join(scratch, 'workspace'), '--json']);
		say('once, for the builder and what the build needs');
		await writeProject(module, '1.0');
		await build();

		const [ours, pips]: [number[], number[]] = [[], []];
		for (let round = 1; round <= repeats; round++) {
			say(`${round} of ${repeats}`);
			// The time makes it a version that no earlier run has left a wheel of.
			await writeProject(module, `1.${Date.now()}`);
			ours.push(secondsOfBuild((await build()).output));
			pips.push((await timeChecked(['python3', '-m', 'pip', 'wheel', '--quiet', '--isolated', '--no-deps', '--wheel-dir', path.join(scratch, 'pip'), module])).seconds);
		}

		const [mine, pip] = [median(ours), median(pips)];
		return [
			{what: '`pip wheel`, on the host, with network', result: formatSeconds(pip)},
			{what: 'the step of stx-build, in a clean builder without network', result: formatSeconds(mine), beside: `\`pip wheel\`, ${formatRatio(mine / pip)}`},
		];
	},
};

/** The time of the one build step among the events. */
function secondsOfBuild(events: string): number {
	const ends = events.split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line) as {type?: string; outcome?: {seconds: number; step: {kind: string}}});
	const built = ends.find(({type, outcome}) => type === 'end' && outcome?.step.kind === 'wheels.build');
	if (built?.outcome === undefined) {
		throw new Error('nothing was built');
	}

	return built.outcome.seconds;
}
