import {
	cp, mkdir, readdir, readFile, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import {parse} from 'smol-toml';
import {
	formatRatio, formatSeconds, measureSideBySide, timeChecked, type Benchmark,
} from './benchmark.js';

const limits = {ratio: 1.1, seconds: 0.5};

/** Services of OpenStack 2026.1, by the names of their distributions on PyPI. */
const services = ['aodh', 'barbican', 'cinder', 'glance', 'horizon', 'ironic', 'keystone', 'neutron', 'nova', 'openstack-heat', 'openstack-placement'] as const;

/** What is read of a lock (PEP 751). */
type Lock = {
	readonly packages: readonly unknown[];
	readonly tool: {readonly 'stx-build': {readonly roots: Readonly<Record<string, readonly string[]>>; readonly python: string; readonly arch: string}};
};

/** A proxy that nobody is behind: whoever asks for something over the network fails. */
const noWay = 'http://127.0.0.1:9';

export const lock: Benchmark = {
	name: 'lock',
	title: 'Locking the services of 2026.1',
	about: `\`stx-build wheels lock\` for ${services.length} services (${services.join(', ')}) and the wheel list, beside \`uv pip compile\` with the same requirements and constraints. Nothing is cached: each round has an empty store and empty caches, but for the program uv itself, which both have. stx-build never runs anything of a distribution to learn what it requires, and also resolves what builds need; uv builds where there is no wheel. Then the same again with nothing changed, behind a proxy that does not answer, so that any request would fail.`,
	async run({project, stxBuild, tools, scratch, repeats, say}) {
		const {uv, env} = await tools();
		const directives = await Promise.all(services.map(async name => {
			const file = path.join(scratch, `${name}.stable_docker_image`);
			await writeFile(file, `BUILDER=loci\nLABEL=stx-${name}\nPROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES="${name}"\n`);
			return ['--directive', file];
		}));
		const commandIn = (folder: string): readonly [string, ...string[]] => [...stxBuild, 'wheels', 'lock', ...directives.flat(), '--dialect', 'builtin', '--config', scratch, '--workspace', path.join(folder, 'workspace'), '--cache-dir', path.join(folder, 'cache')];
		const first = path.join(scratch, 'first');
		say('once, for uv and the requirements');
		await timeChecked(commandIn(first));
		const locked = parse(await readFile(await findLock(path.join(first, 'workspace')), 'utf8')) as unknown as Lock;
		const compile = await prepareUv(locked, {project, folder: path.join(scratch, 'uv')});
		const fresh = path.join(scratch, 'ours-0');
		const [alone, ours, again] = await measureSideBySide([
			async round => (await timeChecked([...uv, ...compile, '--cache-dir', path.join(scratch, `uv-cache-${round}`)], {env, cwd: path.join(scratch, 'uv')})).seconds,
			async round => {
				const folder = path.join(scratch, `ours-${round}`);
				await copyUv(path.join(first, 'cache'), path.join(folder, 'cache'));
				return (await timeChecked(commandIn(folder))).seconds;
			},
			async () => (await timeChecked([...commandIn(fresh), '--http_proxy', noWay, '--https_proxy', noWay])).seconds,
		], {repeats, say});
		return [
			{what: `\`uv pip compile\`: ${locked.packages.length} distributions`, result: formatSeconds(alone!)},
			{
				what: '`stx-build wheels lock`, with nothing cached', result: formatSeconds(ours!), beside: `\`uv pip compile\`, ${formatRatio(ours! / alone!)}`, limit: {text: formatRatio(limits.ratio), isKept: ours! / alone! <= limits.ratio},
			},
			{
				what: 'the same again, with nothing changed', result: formatSeconds(again!), limit: {text: `${limits.seconds.toFixed(1)} s, and no request`, isKept: again! < limits.seconds},
			},
		];
	},
};

/** Writes the requirements of a lock and the constraints it was made under. @returns uv's arguments */
async function prepareUv({tool: {'stx-build': {roots, python, arch}}}: Lock, {project, folder}: {readonly project: string; readonly folder: string}): Promise<readonly string[]> {
	await mkdir(folder, {recursive: true});
	const files = await Promise.all(Object.entries(roots).map(async ([label, requirements]) => {
		await writeFile(path.join(folder, `${label}.in`), `${requirements.join('\n')}\n`);
		return `${label}.in`;
	}));
	// What the list gives is of the version that the list says.
	const listed = new Set((roots['wheel-list'] ?? []).map(text => normalize(text.split('==')[0]!)));
	const constraints = await readFile(path.join(project, 'wheels', 'debian-trixie', 'openstack-requirements', '2026.1', 'upper-constraints.txt'), 'utf8');
	await writeFile(path.join(folder, 'constraints.txt'), constraints.split('\n').filter(line => !listed.has(normalize(line.split('===')[0]!))).join('\n'));
	return ['pip', 'compile', '--quiet', ...files, '--constraints', 'constraints.txt', '--python-version', python, '--python-platform', `${arch}-manylinux_2_40`, '--generate-hashes', '--format', 'pylock.toml', '--output-file', 'pylock.toml'];
}

const normalize = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

/** The program, and nothing that it has cached. */
async function copyUv(from: string, to: string): Promise<void> {
	const names = (await readdir(path.join(from, 'uv'))).filter(name => name !== 'cache');
	await Promise.all(names.map(async name => cp(path.join(from, 'uv', name), path.join(to, 'uv', name), {recursive: true})));
}

async function findLock(workspace: string): Promise<string> {
	const names = await readdir(workspace, {recursive: true});
	return path.join(workspace, names.find(name => /(?:^|\/)pylock\.[^/]+\.toml$/.test(name))!);
}
