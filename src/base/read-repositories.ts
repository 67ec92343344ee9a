import type {Settings} from '../workspace/index.js';
import {findLayers} from './find-layers.js';
import {planRepositories, type BaseRepositories, type RepositoriesRequest} from './plan-repositories.js';
import {readRepositoryKey} from './read-key.js';

/**
The package repositories of StarlingX that the settings name, with a layer for each word of the checkout's
`<os>_build_layer.cfg` files.

@param repos lines of sources.list that are to be there instead.
@returns undefined where there are none.
@throws BuildError STX0505 for all that cannot be used.
*/
export async function readBaseRepositories(settings: Pick<Settings, 'os' | 'codename' | 'repo' | 'repomgrUrl' | 'repomgrOrigin' | 'repoKey' | 'trustRepos'>, repos: RepositoriesRequest['repos']): Promise<BaseRepositories | undefined> {
	const {os, codename, repo, repomgrUrl: publishUrl, repomgrOrigin: origin, repoKey, trustRepos: trusted} = settings;
	if (publishUrl === undefined && repos.length === 0) {
		return undefined;
	}

	const key = repoKey === undefined ? undefined : await readRepositoryKey(repoKey);
	const layers = await findLayers(repo, os);
	return planRepositories({
		codename, publishUrl, origin, repos, layers, key, trusted,
	});
}
