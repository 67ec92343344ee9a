import {
	copyFile, mkdir, mkdtemp, readdir, readFile, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {parse} from 'smol-toml';
import {createDistantHosts} from './distant-hosts.js';
import {
	formatRatio, formatSeconds, measureSideBySide, timeChecked, type Benchmark, type Row,
} from './benchmark.js';

type LockedFile = {readonly url: string; readonly size?: number; readonly hashes: {readonly sha256: string}};

/** What is read of a lock (PEP 751). */
type Lock = {
	readonly environments: readonly string[];
	readonly 'requires-python': string;
	readonly packages: ReadonlyArray<{readonly name: string; readonly wheels?: readonly LockedFile[]}>;
};

const limits = {uv: 2, pip: 0.2};

/** Milliseconds that a distant host takes longer to answer. */
const roundTrip = 100;

export const downloads: Benchmark = {
	name: 'downloads',
	title: 'Downloading the wheels of keystone',
	about: 'Nothing is cached: each round has an empty store and empty caches. All three take the same files from the same addresses, those of the lock, and check the same hashes; none resolves anything. `uv` unpacks what it downloads into a folder; stx-build reads the metadata of each wheel and stores it by digest. `pip` asks for one file after the other, so it depends on how far away the index is: pip and stx-build are timed once more through a proxy that passes everything on half as many milliseconds later in each direction as its row says.',
	async run({stxBuild, tools, scratch, repeats, say}) {
		const {pip, uv, env} = await tools();
		const workspace = path.join(scratch, 'lock');
		const common = ['--dialect', 'builtin', '--service', 'keystone', '--config', scratch] as const;
		say('resolving and locking');
		const locking = await timeChecked([...stxBuild, 'wheels', ...common, '--only', 'pip', '--workspace', workspace, '--cache-dir', path.join(scratch, 'lock-cache')]);
		const lockFile = await findLock(workspace);
		const lock = parse(await readFile(lockFile, 'utf8')) as unknown as Lock;
		const wheels = lock.packages.flatMap(({name, wheels = []}) => wheels.map(file => ({...file, distribution: name})));
		const requirements = path.join(scratch, 'requirements.txt');
		await writeFile(requirements, wheels.map(({distribution, url, hashes}) => `${distribution} @ ${url} --hash=sha256:${hashes.sha256}\n`).join(''));
		const version = /\d+\.\d+/.exec(lock['requires-python'])![0];
		const arch = /platform_machine == '(?<arch>\w+)'/.exec(lock.environments[0]!)!.groups!.arch!;
		const platforms = [...Array.from({length: 36}, (_, index) => `manylinux_2_${index + 5}_${arch}`), `manylinux2014_${arch}`, `manylinux1_${arch}`];
		const newFolder = async (): Promise<string> => mkdtemp(path.join(scratch, 'round-'));
		const downloadByPip = async (more: NodeJS.ProcessEnv = {}): Promise<number> => {
			const folder = await newFolder();
			return (await timeChecked([...pip, 'download', '--quiet', '--no-cache-dir', '--no-deps', '--only-binary', ':all:', '--python-version', version, ...platforms.flatMap(platform => ['--platform', platform]), '--dest', folder, '--requirement', requirements], {env: {...env, ...more}})).seconds;
		};

		const downloadByUv = async (): Promise<number> => {
			const folder = await newFolder();
			return (await timeChecked([...uv, 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:', '--python-version', version, '--python-platform', `${arch}-manylinux_2_40`, '--cache-dir', path.join(folder, 'cache'), '--target', path.join(folder, 'target'), '--requirement', requirements], {env})).seconds;
		};

		const downloadByUs = async (more: NodeJS.ProcessEnv = {}): Promise<number> => {
			const folder = await newFolder();
			const place = path.join(folder, path.relative(workspace, lockFile));
			await mkdir(path.dirname(place), {recursive: true});
			await copyFile(lockFile, place);
			return (await timeChecked([...stxBuild, 'wheels', ...common, '--frozen', '--only', [...new Set(wheels.map(({distribution}) => distribution))].join(','), '--workspace', folder, '--cache-dir', path.join(folder, 'cache')], {env: {...process.env, ...more}})).seconds;
		};

		const [pipSeconds, uvSeconds, ours] = await measureSideBySide([async () => downloadByPip(), downloadByUv, async () => downloadByUs()], {repeats, say});
		const timeFromFarAway = async (): Promise<readonly Row[]> => {
			if ([process.env.HTTPS_PROXY, process.env.https_proxy].some(Boolean)) {
				return [{what: `not measured: ${roundTrip} ms away`, result: 'this machine is behind a proxy of its own'}];
			}

			say(`the same, ${roundTrip} ms away`);
			const {url, close} = await createDistantHosts(roundTrip);
			const throughProxy = {
				HTTPS_PROXY: url, https_proxy: url, NO_PROXY: '', no_proxy: '',
			};
			const [pipAway, oursAway] = await measureSideBySide([async () => downloadByPip(throughProxy), async () => downloadByUs(throughProxy)], {repeats, say}).finally(close);
			return [
				{what: `\`pip download\`, ${roundTrip} ms away`, result: formatSeconds(pipAway!)},
				besidePip(`\`stx-build wheels --frozen --only …\`, ${roundTrip} ms away`, oursAway!, pipAway!),
			];
		};

		const fromFarAway = await timeFromFarAway();
		const bytes = wheels.reduce((sum, {size = 0}) => sum + size, 0);
		return [
			{what: `\`pip download\`: ${wheels.length} wheels, ${(bytes / (2 ** 20)).toFixed(0)} MiB`, result: formatSeconds(pipSeconds!)},
			{what: '`uv pip install --target`', result: formatSeconds(uvSeconds!), beside: `\`pip download\`, ${formatRatio(uvSeconds! / pipSeconds!)}`},
			{
				what: '`stx-build wheels --frozen --only …`', result: formatSeconds(ours!), beside: `\`uv\`, ${formatRatio(ours! / uvSeconds!)}`, limit: {text: formatRatio(limits.uv), isKept: ours! / uvSeconds! <= limits.uv},
			},
			besidePip('the same', ours!, pipSeconds!),
			...fromFarAway,
			{what: 'before that, once: resolving and locking, with nothing cached', result: formatSeconds(locking.seconds)},
		];
	},
};

const besidePip = (what: string, seconds: number, pipSeconds: number): Row => ({
	what, result: formatSeconds(seconds), beside: `\`pip download\`, ${formatRatio(seconds / pipSeconds)}`, limit: {text: formatRatio(limits.pip), isKept: seconds / pipSeconds <= limits.pip},
});

async function findLock(workspace: string): Promise<string> {
	const names = await readdir(workspace, {recursive: true});
	const file = names.find(name => /(?:^|\/)pylock\.[^/]+\.toml$/.test(name));
	if (file === undefined) {
		throw new Error('no lock was written');
	}

	return path.join(workspace, file);
}
