/** Images of a LOCI and of a project in git, from the command line to the plan and the lock: what is pinned, and when it moves. */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {
	createHttp, createRunner, createRetryPolicy, systemClock,
} from '../../src/system/index.js';
import {wheelOf} from '../_helpers/archives.js';
import {fakeEffects} from '../_helpers/fake-effects.js';
import {makeGitWorld} from '../_helpers/git-world.js';
import {needs} from '../_helpers/needs.js';
import {runCli} from '../_helpers/run-cli.js';
import {smallLoci} from '../_helpers/small-loci.js';
import {makeWheelWorld} from '../_helpers/wheel-world.js';

type Document = {
	readonly images: ReadonlyArray<{readonly label: string; readonly dialect: string; readonly buildArgs: Readonly<Record<string, string>>}>;
	readonly steps: ReadonlyArray<{readonly id: string; readonly kind: string; readonly key: string; readonly needs: readonly string[]; readonly inputs: {readonly sources?: unknown}}>;
};

test('a project in git is pinned with its version, builds from its commit, and moves when that is asked for', async t => {
	const wheel = async (name: string, version: string) => wheelOf({name, version});
	const world = await makeWheelWorld(t, {
		pip: [await wheel('pip', '26.0')], setuptools: [await wheel('setuptools', '80.0')], wheel: [await wheel('wheel', '0.46')], bindep: [await wheel('bindep', '2.14')],
		cryptography: [await wheel('cryptography', '43.0')], pbr: [await wheel('pbr', '7.0')], a: [await wheel('a', '1')],
	}, {'debian-trixie/requirements/upper-constraints.txt': 'a===1\n'});
	if (!world || !needs(t, {program: ['python3', 'git']})) {
		return;
	}

	const {folder, server, store, cache} = world;
	const git = await makeGitWorld(t);
	const loci = await git.repository('loci', smallLoci.pinned);
	const first = await git.repository('demo', {'setup.cfg': '[metadata]\nname = demo\n', 'setup.py': 'import setuptools\nsetuptools.setup(setup_requires=["pbr"], pbr=True)\n', 'requirements.txt': 'a>=1\n'});
	git.run('demo', 'tag', '1.0.0');
	await writeFile(path.join(folder, 'demo_docker_image'), `BUILDER=loci\nLABEL=stx-demo\nPROJECT=demo\nPROJECT_REPO=${first.url}\nPROJECT_REF=main\n`);
	const retry = createRetryPolicy({limit: 0, random: () => 0});
	const effects = fakeEffects({
		run: createRunner(process.env), store, clock: systemClock, retry, http: createHttp({userAgent: 'test', clock: systemClock, retry}), machine: process.arch,
	});
	const run = async (...argv: readonly string[]) => runCli([
		...argv, '--directive', 'demo_docker_image', '--config', folder, '--cache-dir', cache, '--workspace', 'ws', '--index', server.index, '--loci', loci.url, '--loci-ref', 'main',
	], {folder, effects: async () => effects});
	const plan = async (...argv: readonly string[]): Promise<Document> => {
		const {code, out, err} = await run('images', '--dry-run', '--json', ...argv);
		t.is(code, 0, err);
		return JSON.parse(out) as Document;
	};

	const imageOf = ({steps}: Document) => steps.find(({kind}) => kind === 'image.build')!;
	const lockFile = path.join(folder, 'ws/std/build-wheels-debian-trixie-stable/pylock.debian-trixie-stable.toml');

	const unlocked = await run('images', '--dry-run', '--frozen');
	t.is(unlocked.code, 2);
	t.regex(unlocked.err, /STX0407 .*`main` of `file:/v);
	const {code, err} = await run('wheels', 'lock');
	t.is(code, 0, err);
	const lock = await readFile(lockFile, 'utf8');
	t.regex(lock, new RegExp(String.raw`url = "${first.url}", ref = "main", commit = "${first.commit}", version = "1\.0\.0"`, 'v'));
	t.regex(lock, new RegExp(String.raw`url = "${loci.url}", ref = "main", commit = "${loci.commit}"`, 'v'));

	const planned = await plan('--frozen');
	t.like(planned.images[0], {label: 'stx-demo', dialect: 'pinned'});
	t.like(planned.images[0]!.buildArgs, {
		PROJECT_REF: 'main', PROJECT_COMMIT: first.commit, PROJECT_VERSION: '1.0.0', PROJECT_DISTRIBUTION: 'demo',
	});
	const step = `source:demo-${first.commit.slice(0, 12)}`;
	t.true(imageOf(planned).needs.includes(step));
	t.deepEqual(imageOf(planned).inputs.sources, [{
		name: 'project', url: first.url, commit: first.commit, step,
	}]);

	// The branch moves, and a tag is made later: neither counts before somebody asks for it.
	await git.write('demo/more.py', 'more = 1\n');
	const second = git.commit('demo');
	git.run('demo', 'tag', '1.1.0');
	t.is(imageOf(await plan('--frozen', '--offline')).key, imageOf(planned).key);
	t.is(imageOf(await plan()).key, imageOf(planned).key);
	t.is(await readFile(lockFile, 'utf8'), lock);

	const upgraded = await run('wheels', 'lock', '--upgrade');
	t.is(upgraded.code, 0, upgraded.err);
	const moved = await plan('--frozen');
	t.like(moved.images[0]!.buildArgs, {PROJECT_COMMIT: second, PROJECT_VERSION: '1.1.0'});
	t.not(imageOf(moved).key, imageOf(planned).key);

	// Another LOCI is another image; LOCI's wheels and the project's are what they were.
	await git.write('loci/scripts/install.sh', '#!/bin/bash\necho other\n');
	git.commit('loci');
	t.is((await run('wheels', 'lock', '--upgrade')).code, 0);
	t.not(imageOf(await plan('--frozen')).key, imageOf(moved).key);
});
