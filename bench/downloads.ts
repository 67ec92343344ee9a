import {
	copyFile, mkdir, readdir, readFile, stat, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import {parse} from 'smol-toml';
import {
	formatRatio, formatSeconds, measureSideBySide, timeChecked, type Benchmark,
} from './benchmark.js';

type LockedFile = {readonly url: string; readonly hashes: {readonly sha256: string}};

/** What is read of a lock (PEP 751). */
type Lock = {
	readonly environments: readonly string[];
	readonly 'requires-python': string;
	readonly packages: ReadonlyArray<{readonly name: string; readonly wheels?: readonly LockedFile[]}>;
};

const limits = {uv: 2, pip: 0.2};

export const downloads: Benchmark = {
	name: 'downloads',
	title: 'Downloading the wheels of keystone',
	about: 'Nothing is cached: each round has an empty store and empty caches. All three take the same files from the same addresses, those of the lock, and check the same hashes; none resolves anything. `uv` unpacks what it downloads into a folder; stx-build reads the metadata of each wheel and stores it by digest.',
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
		const folderOf = async (name: string, round: number): Promise<string> => {
			const folder = path.join(scratch, `${name}-${round}`);
			await mkdir(folder, {recursive: true});
			return folder;
		};

		const [pipSeconds, uvSeconds, ours] = await measureSideBySide([
			async round => {
				const folder = await folderOf('pip', round);
				const platforms = [...Array.from({length: 36}, (_, index) => `manylinux_2_${index + 5}_${arch}`), `manylinux2014_${arch}`, `manylinux1_${arch}`];
				return (await timeChecked([...pip, 'download', '--quiet', '--no-cache-dir', '--no-deps', '--only-binary', ':all:', '--python-version', version, ...platforms.flatMap(platform => ['--platform', platform]), '--dest', folder, '--requirement', requirements], {env})).seconds;
			},
			async round => {
				const folder = await folderOf('uv', round);
				return (await timeChecked([...uv, 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:', '--python-version', version, '--python-platform', `${arch}-manylinux_2_40`, '--cache-dir', path.join(folder, 'cache'), '--target', path.join(folder, 'target'), '--requirement', requirements], {env})).seconds;
			},
			async round => {
				const folder = await folderOf('stx-build', round);
				const place = path.join(folder, path.relative(workspace, lockFile));
				await mkdir(path.dirname(place), {recursive: true});
				await copyFile(lockFile, place);
				return (await timeChecked([...stxBuild, 'wheels', ...common, '--frozen', '--only', [...new Set(wheels.map(({distribution}) => distribution))].join(','), '--workspace', folder, '--cache-dir', path.join(folder, 'cache')])).seconds;
			},
		], {repeats, say});
		const bytes = await sizeOf(path.join(scratch, 'pip-0'));
		return [
			{what: `\`pip download\`: ${wheels.length} wheels, ${(bytes / (2 ** 20)).toFixed(0)} MiB`, result: formatSeconds(pipSeconds!)},
			{what: '`uv pip install --target`', result: formatSeconds(uvSeconds!), beside: `\`pip download\`, ${formatRatio(uvSeconds! / pipSeconds!)}`},
			{
				what: '`stx-build wheels --frozen --only …`', result: formatSeconds(ours!), beside: `\`uv\`, ${formatRatio(ours! / uvSeconds!)}`, limit: {text: formatRatio(limits.uv), isKept: ours! / uvSeconds! <= limits.uv},
			},
			{
				what: 'the same', result: formatSeconds(ours!), beside: `\`pip download\`, ${formatRatio(ours! / pipSeconds!)}`, limit: {text: formatRatio(limits.pip), isKept: ours! / pipSeconds! <= limits.pip},
			},
			{what: 'before that, once: resolving and locking, with nothing cached', result: formatSeconds(locking.seconds)},
		];
	},
};

/** Bytes of the files of a folder. */
async function sizeOf(folder: string): Promise<number> {
	const sizes = await Promise.all((await readdir(folder)).map(async name => (await stat(path.join(folder, name))).size));
	return sizes.reduce((sum, size) => sum + size, 0);
}

async function findLock(workspace: string): Promise<string> {
	const names = await readdir(workspace, {recursive: true});
	const file = names.find(name => /(?:^|\/)pylock\.[^/]+\.toml$/.test(name));
	if (file === undefined) {
		throw new Error('no lock was written');
	}

	return path.join(workspace, file);
}
