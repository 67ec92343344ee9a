import {BuildError} from '../errors.js';
import type {Mount} from './engine.js';

/** A path as a field of `--mount` or `--secret`, where a comma ends the field and nothing can quote it. @throws BuildError STX0707 */
export function planPathField(path: string): string {
	if (/[,\n"]/.test(path)) {
		throw new BuildError('STX0707', `container engines cannot take the path \`${path}\`, for its comma, quote or line break`, {hint: 'use a folder with a plainer name'});
	}

	return path;
}

/** A mount as the value of `--volume`, where a colon ends a path and nothing can quote it. @throws BuildError STX0707 */
export function planVolume({source, target, readOnly}: Mount): string {
	const colon = [source, target].find(path => path.includes(':'));
	if (colon !== undefined) {
		throw new BuildError('STX0707', `buildah cannot take the path \`${colon}\`, for its colon`, {hint: 'use a folder with a plainer name'});
	}

	return `${source}:${target}:${readOnly ? 'ro' : 'rw'}`;
}
