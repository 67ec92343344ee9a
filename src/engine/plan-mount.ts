import {BuildError} from '../errors.js';

/** A path as a field of `--mount` or `--secret`, where a comma ends the field and nothing can quote it. @throws BuildError STX0707 */
export function planPathField(path: string): string {
	if (/[,\n"]/.test(path)) {
		throw new BuildError('STX0707', `container engines cannot take the path \`${path}\`, for its comma, quote or line break`, {hint: 'use a folder with a plainer name'});
	}

	return path;
}
