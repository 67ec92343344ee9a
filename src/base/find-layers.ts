import path from 'node:path';
import {BuildError, throwProblems} from '../errors.js';
import {findRepositories, readText} from '../system/index.js';

/**
The build layers of a StarlingX checkout: the words of every repository's `<os>_build_layer.cfg`, each once, sorted.

@param repo MY_REPO, absolute; undefined for none.
@throws BuildError STX0505 for a word that cannot be the name of a layer.
*/
export async function findLayers(repo: string | undefined, os: string): Promise<readonly string[]> {
	const name = `${os}_build_layer.cfg`;
	const found = repo === undefined ? [] : await findRepositories(repo);
	const files = found.filter(({names}) => names.includes(name)).map(({folder}) => path.join(folder, name));
	const words = await Promise.all(files.map(async file => ({file, words: (await readText(file)).split(/\s+/v).filter(word => word !== '')})));
	throwProblems(words.flatMap(({file, words: each}) => each.filter(word => !/^[a-z\d][\w.\-]*$/iv.test(word)).map(word => new BuildError('STX0505', `\`${word}\` cannot be the name of a build layer`, {at: {file}}))));
	return [...new Set(words.flatMap(({words: each}) => each))].toSorted();
}
