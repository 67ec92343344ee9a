/** A repository of one commit: scripts apply patches with git, and ask it what they build. */
import {commandInFolder, runChecked, type Runner} from '../../system/index.js';

/** Seconds since 1970 of the commit: the same tree is the same commit. */
const date = '@0 +0000';

/** Whoever commits in a container, and whoever owns the files there. */
export const repositoryVariables: Readonly<Record<string, string>> = {
	GIT_AUTHOR_NAME: 'stx-build', GIT_AUTHOR_EMAIL: 'stx-build@localhost', GIT_COMMITTER_NAME: 'stx-build', GIT_COMMITTER_EMAIL: 'stx-build@localhost', GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*',
};

/**
Makes a repository of a folder, and commits all that is in it.

@param options.commit what it is the tree of, before its patches: for the message.
@throws BuildError STX0902
*/
export async function makeRepository(folder: string, {run, commit, signal}: {readonly run: Runner; readonly commit: string; readonly signal: AbortSignal}): Promise<void> {
	const env = {...repositoryVariables, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date};
	for (const words of [['init', '--quiet', '--template='], ['add', '--all', '--force'], ['commit', '--quiet', '--allow-empty', '--message', commit]]) {
		await runChecked(run, commandInFolder(folder, words, env), {signal});
	}
}
