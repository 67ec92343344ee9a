import {throwProblems, BuildError} from '../errors.js';
import {readText} from '../system/index.js';
import {parseTagList, type TagEntry} from './parse-tag-list.js';

/** The entries of all lists, in their order. @throws BuildError STX0640, STX0903: all that is wrong with all of them. */
export async function readTagLists(files: readonly string[]): Promise<readonly TagEntry[]> {
	const problems: BuildError[] = [];
	const lists = await Promise.all(files.map(async file => {
		try {
			return parseTagList(await readText(file), file);
		} catch (error) {
			if (!(error instanceof BuildError)) {
				throw error;
			}

			problems.push(error);
			return [];
		}
	}));
	throwProblems(problems);
	return lists.flat();
}
