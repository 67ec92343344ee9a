/** The options of `build` that all engines have in common, to the letter. */
import type {BuildRequest} from './engine.js';
import {planPathField} from './plan-mount.js';

/** @param idFile where the id of the image is to be written; without it this is the command line for people, with secrets named by id only. */
export function planBuildOptions(request: BuildRequest, idFile: string | undefined): readonly string[] {
	return [
		...(idFile === undefined ? [] : ['--iidfile', idFile]),
		...(request.target === undefined ? [] : ['--target', request.target]),
		...Object.entries(request.labels ?? {}).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
		...Object.entries(request.buildArgs).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
		// Without a value: it comes from the client's variables.
		...Object.keys(request.proxies ?? {}).flatMap(name => ['--build-arg', name]),
		...(request.secrets ?? []).flatMap(({id, source}) => ['--secret', idFile === undefined ? `id=${id}` : `id=${id},src=${planPathField(source)}`]),
		'--file',
		request.file,
		request.context,
	];
}
