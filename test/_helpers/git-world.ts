/** Git repositories of a test's own, with a user's settings of its own. */
import {spawnSync} from 'node:child_process';
import {
	mkdir, mkdtemp, rm, writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {pathToFileURL} from 'node:url';
import type {ExecutionContext} from 'ava';
import {
	createGit, createRetryPolicy, createRunner, createStore, type Git, type Runner,
} from '../../src/system/index.js';
import type {GitNetwork} from '../../src/system/git-surroundings.js';
import type {Store} from '../../src/plan/index.js';

export type GitWorld = {
	readonly folder: string;
	/** Home folder of the user whose settings count. */
	readonly home: string;
	readonly store: Store;
	readonly runner: Runner;
	/** Runs git in a folder below `folder`. @returns what it printed */
	run(place: string, ...arguments_: readonly string[]): string;
	write(name: string, text: string): Promise<void>;
	/** Makes a repository with these files, and commits them. @returns its URL and the commit */
	repository(name: string, files: Readonly<Record<string, string>>): Promise<{readonly url: string; readonly commit: string}>;
	/** Commits what is in a repository's folder. @returns the commit */
	commit(name: string): string;
	/** @param attempts how often a host is asked again. */
	git(network?: Partial<GitNetwork>, attempts?: number): Git;
};

export async function makeGitWorld(t: ExecutionContext<any>): Promise<GitWorld> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'stx-build-git-'));
	t.teardown(async () => {
		await rm(folder, {recursive: true, force: true});
	});
	const home = path.join(folder, 'home');
	await mkdir(home);
	const environment = {
		PATH: process.env.PATH, HOME: home, GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.org', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.org',
	};
	const runner = createRunner(environment);
	const store = createStore(path.join(folder, 'cache'));
	const world: GitWorld = {
		folder,
		home,
		store,
		runner,
		run(place, ...arguments_) {
			const {status, stdout, stderr} = spawnSync('git', ['-c', 'init.defaultBranch=main', '-c', 'protocol.file.allow=always', ...arguments_], {cwd: path.join(folder, place), env: environment, encoding: 'utf8'});
			if (status !== 0) {
				throw new Error(`git ${arguments_.join(' ')}: ${stderr}`);
			}

			return stdout.trim();
		},
		async write(name, text) {
			const file = path.join(folder, name);
			await mkdir(path.dirname(file), {recursive: true});
			await writeFile(file, text);
		},
		async repository(name, files) {
			await mkdir(path.join(folder, name), {recursive: true});
			world.run(name, 'init', '--quiet');
			for (const [file, text] of Object.entries(files)) {
				await world.write(path.join(name, file), text);
			}

			return {url: pathToFileURL(path.join(folder, name)).href, commit: world.commit(name)};
		},
		commit(name) {
			world.run(name, 'add', '--all', '--force');
			world.run(name, 'commit', '--quiet', '--allow-empty', '--message', 'c');
			return world.run(name, 'rev-parse', 'HEAD');
		},
		git: (network = {}, attempts = 0) => createGit({
			run: runner,
			store,
			cache: path.join(folder, 'cache'),
			retry: createRetryPolicy({limit: attempts, random: () => 0.01}),
			network: {
				caBundle: undefined, httpProxy: undefined, httpsProxy: undefined, noProxy: undefined, offline: false, ...network,
			},
		}),
	};
	return world;
}
