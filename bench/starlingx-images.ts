import {
	chmod, cp, mkdir, readFile, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {
	formatRatio, formatSeconds, measureSideBySide, timeChecked, type Benchmark, type Row,
} from './benchmark.js';
import {nameStubImage} from './stub-engine.js';
import {createSyntheticIndex, type SyntheticIndex} from './synthetic-index.js';
import {makePackage} from './tools.js';

const images = 24;
const buildSeconds = 1;

/** A tree of distributions: the first image takes number 15 with its two leaves, and so on; the last eight take a leaf each. */
const distributions = 63;
const firstTaken = 15;

/** A leaf that number 15 requires, and that the image of number 31 takes by itself. */
const bumped = {index: 31, users: 2, version: '1.1'};

const base = 'starlingx/stx-debian:base';
const labelOf = (index: number): string => `stx-synthetic-${String(index).padStart(2, '0')}`;

const limits = {dryRun: 0.5, again: 2, ratio: 0.25};

/** Programs that write down what they are asked: builds take their time, and nothing is done. */
const stubs: Readonly<Record<string, string>> = {
	docker: `#!/bin/bash
echo "$*" >>"$STUB_LOG"
case "$1 $2" in
	"build "*) sleep ${buildSeconds} ;;
	"image inspect") echo '[{"Config": {"User": "", "Entrypoint": null, "Cmd": ["bash"]}}]' ;;
	"image tag"|"image rm"|"images "*) ;;
	"inspect "*) echo ;;
esac
`,
	// A clone has what the script looks for in LOCI; no host is asked.
	git: `#!/bin/bash
if [ "$1" = clone ]; then mkdir -p "\${@: -1}"; touch "\${@: -1}/Dockerfile" "\${@: -1}/bindep.txt"; fi
exit 0
`,
};

export const starlingxImages: Benchmark = {
	name: 'starlingx-images',
	title: `${images} images`,
	about: `What is around the builds: ${images} images of LOCI as StarlingX's directive files say them, in a checkout made up for it, and an engine that takes ${buildSeconds} s for a build and keeps nothing but names. \`build-stx-images.sh\` of a checkout of starlingx/root runs beside, on the same files, with a \`docker\` and a \`git\` that do as little: it makes one image after the other, and builds each again to take pip out of it. Both push every image under two names. stx-build stages the wheels of each image, runs its checks, and asks the registry first. The dry run is of stx-build as it is, and needs a docker daemon that answers.`,
	async run({
		stxBuild, project, scratch, starlingx, repeats, say,
	}) {
		const index = await createSyntheticIndex({distributions, bytes: 20_000, versions: ['1.0', bumped.version]});
		try {
			const repo = await writeCheckout(scratch, index, starlingx);
			const config = path.join(scratch, 'config');
			await index.writeWheels(config, project);
			const [workspace, state] = [path.join(scratch, 'workspace'), path.join(scratch, 'state')];
			const env = {
				...process.env, MY_REPO: repo, MY_REPO_ROOT_DIR: path.dirname(repo), USER: 'bench',
			};
			const settings = ['--os-codename', 'trixie', '--config', config, '--cache-dir', path.join(scratch, 'cache'), '--index', index.url, '--dialect', 'builtin', '--engine', 'docker', '--jobs', '2'] as const;
			const naming = ['--base', base, '--no-pull-base', '--version', '1', '--push', '--latest', '--registry', 'registry.example.com', '--user', 'starlingx'] as const;
			const run = async (...more: readonly string[]) => {
				await nameStubImage(state, base);
				const before = await countLog(path.join(state, 'log'));
				const {seconds} = await timeChecked([process.execPath, path.join(stubbed, 'dist', 'stubbed-command.js'), state, String(buildSeconds), 'images', ...settings, ...naming, '--workspace', workspace, ...more], {env});
				const after = await countLog(path.join(state, 'log'));
				return {seconds, builds: after.builds - before.builds, pushes: after.pushes - before.pushes};
			};

			const stubbed = path.join(scratch, 'stubbed');
			await makePackage(project, stubbed, 'bench/stubbed-command.ts');
			say('the wheels');
			await timeChecked([...stxBuild, 'wheels', ...settings, '--workspace', workspace], {env});
			const rows: Row[] = [];
			const [dry] = await measureSideBySide([
				async () => (await timeChecked([...stxBuild, 'images', ...settings, '--workspace', workspace, '--dry-run', '--json'], {env})).seconds,
			], {repeats, say}) as [number];
			rows.push({what: `\`stx-build images --dry-run --json\` of ${images} images`, result: formatSeconds(dry), limit: {text: `${limits.dryRun} s`, isKept: dry < limits.dryRun}});
			say('all of them');
			const first = await run();
			const theirs = starlingx === undefined ? undefined : await runTheirs(scratch, repo, env);
			if (theirs) {
				rows.push({what: `\`build-stx-images.sh\`: ${theirs.builds} builds, ${theirs.pushes} pushes`, result: formatSeconds(theirs.seconds)});
			}

			const ratio = theirs && first.seconds / theirs.seconds;
			rows.push({
				what: `\`stx-build images --push\`: ${first.builds} builds, ${first.pushes} pushes`, result: formatSeconds(first.seconds), ...(ratio !== undefined && {beside: `\`build-stx-images.sh\`, ${formatRatio(ratio)}`, limit: {text: `${limits.ratio}×`, isKept: ratio <= limits.ratio}}),
			});
			say('again');
			const again = await run();
			rows.push({
				what: `again, nothing changed: ${again.builds} builds, ${again.pushes} pushes`, result: formatSeconds(again.seconds), limit: {text: `${limits.again} s, no build, no push`, isKept: again.seconds < limits.again && again.builds + again.pushes === 0},
			});
			say('with another version of a wheel');
			await index.writeWheels(config, project, {[index.names[bumped.index]!]: bumped.version});
			const changed = await run('--version', '2');
			rows.push({
				what: `another version of a wheel of ${bumped.users} images: ${changed.builds} builds`, result: formatSeconds(changed.seconds), limit: {text: `${bumped.users} builds`, isKept: changed.builds === bumped.users},
			});
			return rows;
		} finally {
			await index.close();
		}
	},
};

/** A StarlingX checkout with the image list and its directive files, and StarlingX's own tools where they are given. @returns MY_REPO */
async function writeCheckout(scratch: string, index: SyntheticIndex, starlingx: string | undefined): Promise<string> {
	const repo = path.join(scratch, 'repo', 'cgcs-root');
	await mkdir(path.join(repo, '.git'), {recursive: true});
	if (starlingx !== undefined) {
		await cp(path.join(starlingx, 'build-tools'), path.join(repo, 'build-tools'), {recursive: true});
	}

	const place = path.join(repo, 'stx', 'services');
	await mkdir(path.join(place, '.git'), {recursive: true});
	const labels = Array.from({length: images}, (_, image) => labelOf(image));
	await writeFile(path.join(place, 'debian_stable_docker_images.inc'), labels.map(label => `${label}\n`).join(''));
	for (const [image, label] of labels.entries()) {
		const folder = path.join(place, label, 'debian', 'all');
		await mkdir(folder, {recursive: true});
		await writeFile(path.join(folder, `${label}.stable_docker_image`), `BUILDER=loci\nLABEL=${label}\nPROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES="${index.names[firstTaken + image]!}"\n`);
	}

	return repo;
}

async function runTheirs(scratch: string, repo: string, env: NodeJS.ProcessEnv) {
	const programs = path.join(scratch, 'programs');
	const log = path.join(scratch, 'theirs.log');
	await mkdir(programs);
	for (const [name, text] of Object.entries(stubs)) {
		await writeFile(path.join(programs, name), text);
		await chmod(path.join(programs, name), 0o755);
	}

	const workspace = path.join(scratch, 'their-workspace');
	await mkdir(workspace);
	const {seconds} = await timeChecked(['bash', path.join(repo, 'build-tools', 'build-docker-images', 'build-stx-images.sh'), '--os-codename=trixie', '--stream=stable', '--version=1', `--base=${base}`, '--no-pull-base', '--wheels=http://localhost/wheels.tar', '--push', '--latest', '--registry=registry.example.com', '--user=starlingx'], {
		cwd: scratch, env: {
			...env, MY_WORKSPACE: workspace, STUB_LOG: log, PATH: `${programs}:${process.env.PATH ?? ''}`,
		},
	});
	return {seconds, ...await countLog(log)};
}

/** How often a stub was asked for a build and for a push, by the lines that it has written; never where it has written none. */
async function countLog(log: string) {
	const lines = (await readFile(log, 'utf8').catch(() => '')).split('\n');
	const count = (what: string): number => lines.filter(line => line.startsWith(`${what} `)).length;
	return {builds: count('build'), pushes: count('push')};
}
