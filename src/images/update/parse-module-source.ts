/** StarlingX's way of writing where a module is: `FOLDER[|VERSION]` or `URL[|BRANCH][|VERSION]`. Pure. */
import path from 'node:path';
import {BuildError} from '../../errors.js';
import {parseGitUrl} from '../../git-url.js';
import type {ModuleSource, Named} from './update.js';

/** @throws BuildError STX0642, and STX0915 for an address that is none of a git repository. */
export function parseModuleSource({text, folder, at}: Named): ModuleSource {
	const [place = '', ...rest] = text.split('|').map(part => part.trim());
	const isUrl = /^(?:https?|git|ssh|file):/.test(place);
	const most = isUrl ? 2 : 1;
	if (place === '' || rest.length > most) {
		throw new BuildError('STX0642', `\`${text}\` does not say where a module is`, {...(at && {at}), hint: 'write `FOLDER`, `FOLDER|VERSION`, `URL`, `URL|BRANCH` or `URL|BRANCH|VERSION`'});
	}

	const version = rest[most - 1] === '' ? undefined : rest[most - 1];
	if (!isUrl) {
		return {folder: path.resolve(folder, place), version};
	}

	const [ref = ''] = rest;
	return {url: parseGitUrl(place, at ?? {url: place}), ref: ref === '' ? 'HEAD' : ref, version};
}
