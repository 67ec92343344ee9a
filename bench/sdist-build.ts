import {mkdir, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {create} from 'tar';
import {
	formatRatio, formatSeconds, measureSideBySide, median, timeChecked, type Benchmark,
} from './benchmark.js';
import {createFileServer} from './file-server.js';

const module = 'bench_project';

/** Seconds that isolation, environment, canonical form and store may add to a build. */
const mostAdded = 0.5;

/** Writes the sdist of a pure-Python project with a dozen modules. @returns its file */
async function writeSdist(folder: string, version: string): Promise<string> {
	const top = `${module}-${version}`;
	const project = path.join(folder, top);
	await mkdir(path.join(project, module), {recursive: true});
	for (let index = 0; index < 12; index++) {
		await writeFile(path.join(project, module, index === 0 ? '__init__.py' : `part_${index}.py`), `"""Part ${index}."""\n\nvalue = ${index}\n`);
	}

	await writeFile(path.join(project, 'pyproject.toml'), `[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n\n[project]\nname = "bench-project"\nversion = "${version}"\ndependencies = []\n\n[tool.setuptools]\npackages = ["${module}"]\n`);
	await writeFile(path.join(project, 'PKG-INFO'), `Metadata-Version: 2.2\nName: bench-project\nVersion: ${version}\n`);
	const file = path.join(folder, `${top}.tar.gz`);
	await create({gzip: true, cwd: folder, file}, [top]);
	await rm(project, {recursive: true});
	return file;
}

export const sdistBuild: Benchmark = {
	name: 'sdist-build',
	title: 'Building a pure-Python sdist',
	about: 'A new sdist each round, from a server on this machine, so that nothing has its wheel yet. The step of stx-build unpacks it, tries from inside a container whether it is sealed in, builds in another one without network, as a user without rights, in the environment that earlier builds with the same requirements have left, writes the zip in canonical form and stores it. `pip wheel` makes a virtual environment and builds on the host; what it downloads is in its cache from the second round on.',
	async run({stxBuild, tools, project, scratch, repeats, say}) {
		const {pip, env} = await tools();
		const sdists = path.join(scratch, 'sdists');
		const config = path.join(scratch, 'config');
		const place = path.join(config, 'wheels', 'debian-trixie');
		await Promise.all([mkdir(sdists), mkdir(place, {recursive: true}), mkdir(path.join(config, 'build-config', 'images'), {recursive: true})]);
		await writeFile(path.join(config, 'build-config', 'images', 'bench.ini'), '[image]\nBUILDER = loci\nLABEL = stx-bench\nPROJECT = infra\nPROJECT_REPO = nil\n');
		const server = await createFileServer(sdists);
		// The time makes versions that no earlier run has left a wheel of.
		const first = Date.now();
		const versionOf = (round: number): string => `1.${first}.${round}`;
		const prepare = async (round: number): Promise<string> => {
			const file = await writeSdist(sdists, versionOf(round));
			await writeFile(path.join(place, 'stable-wheels.cfg'), `${module}-${versionOf(round)}-py3-none-any.whl|tar|${server.url}/${path.basename(file)}|${module}-${versionOf(round)}\n`);
			return file;
		};

		const steps: number[] = [];
		const options = ['--service', 'stx-bench', '--dialect', 'builtin', '--config', config, '--workspace', path.join(scratch, 'workspace')];
		const build = async (): Promise<number> => {
			// Nobody states the digest of the sdist: it is trusted in so many words, and that is not timed.
			await timeChecked([...stxBuild, 'wheels', 'lock', ...options]);
			const {stdout, seconds} = await timeChecked([...stxBuild, 'wheels', '--only', 'bench-project', '--json', ...options]);
			steps.push(secondsOfBuild(stdout));
			return seconds;
		};

		const wheelFolder = path.join(scratch, 'pip');
		const pipWheel = async (...more: readonly string[]): Promise<number> => (await timeChecked([...pip, 'wheel', '--quiet', '--no-deps', '--wheel-dir', wheelFolder, ...more], {env: {...env, PIP_CACHE_DIR: path.join(scratch, 'pip-cache')}})).seconds;
		try {
			say('once, for the builder and what the build needs');
			const warm = await prepare(0);
			await build();
			await pipWheel(warm);
			steps.length = 0;
			let file = '';
			const [whole, isolated, bare] = await measureSideBySide([
				async round => {
					file = await prepare(round + 1);
					return build();
				},
				async () => pipWheel(file),
				async () => pipWheel('--no-build-isolation', file),
			], {repeats, say});
			const step = median(steps);
			return [
				{what: '`pip wheel`', result: formatSeconds(isolated!)},
				{what: '`pip wheel --no-build-isolation`: the build and nothing else', result: formatSeconds(bare!)},
				{
					what: 'the step `wheels.build`',
					result: formatSeconds(step),
					beside: `\`pip wheel\`, ${formatRatio(step / isolated!)}`,
					limit: {text: `${formatSeconds(mostAdded)} more than the build and nothing else`, isKept: step - bare! <= mostAdded},
				},
				{what: '`stx-build wheels --only`, locked before: read, fetch, build', result: formatSeconds(whole!), beside: `\`pip wheel\`, ${formatRatio(whole! / isolated!)}`},
			];
		} finally {
			await server.close();
		}
	},
};

/** The time of the one build among the events. */
function secondsOfBuild(events: string): number {
	const ends = events.split('\n').filter(line => line.startsWith('{"type":"end"')).map(line => JSON.parse(line) as {id: string; seconds: number; status: string});
	const built = ends.find(({id, status}) => id.startsWith('build:bench-project') && status === 'built');
	if (built === undefined) {
		throw new Error('nothing was built');
	}

	return built.seconds;
}
