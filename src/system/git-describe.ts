/** Which version a commit comes after, by the tags of its repository. */
import {BuildError} from '../errors.js';
import {maskSecrets} from '../mask-secrets.js';
import type {FetchOptions} from './git-fetch.js';
import type {GitCommands} from './git-commands.js';

/** A tag, and how many commits come after it. */
export type Nearest = {readonly tag: string; readonly distance: number};

/** @param repository a folder for it, which is not there yet. */
export async function describeCommit(git: GitCommands, {url, commit}: {readonly url: string; readonly commit: string}, repository: string, options: FetchOptions): Promise<Nearest | undefined> {
	const {at = {url: maskSecrets(url)}, signal} = options;
	const inside = ['-C', repository];
	await git.runChecked(['init', '--quiet', '--bare', '--template=', `--object-format=${commit.length === 64 ? 'sha256' : 'sha1'}`, repository]);
	const partial = [['core.repositoryFormatVersion', '1'], ['extensions.partialClone', 'origin'], ['remote.origin.promisor', 'true'], ['remote.origin.partialCloneFilter', 'tree:0']];
	for (const setting of [['remote.origin.url', url], ...partial]) {
		await git.runChecked([...inside, 'config', ...setting]);
	}

	const fetch = [...inside, 'fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--filter=tree:0', 'origin', '+refs/tags/*:refs/tags/*'];
	const alone = await git.ask([...fetch, commit], {long: true, signal});
	// Old servers and plain file servers give what they advertise.
	const isRefused = alone.exitCode !== 0 && /unadvertised object|dumb http/v.test(alone.stderr);
	const fetched = isRefused ? await git.ask([...fetch, '+refs/heads/*:refs/heads/*'], {long: true, signal}) : alone;
	if (fetched.exitCode !== 0) {
		throw fetched.stderr.includes('not our ref')
			? new BuildError('STX0912', `the repository has no commit \`${commit}\``, {at: [at, {url: maskSecrets(url)}], hint: 'correct the commit, or the URL'})
			: git.explain(url, fetched, at);
	}

	const matches = ['[0-9]*', 'v[0-9]*'].map(pattern => `--match=${pattern}`);
	const {exitCode, stdout} = await git.run([...inside, 'describe', '--tags', '--long', ...matches, '--exclude=*-*', commit]);
	const {tag, distance} = /^(?<tag>.+)-(?<distance>\d+)-g[\da-f]+\n?$/v.exec(exitCode === 0 ? stdout : '')?.groups ?? {};
	return tag === undefined ? undefined : {tag, distance: Number(distance)};
}
