/** Where the credentials of registries are read. Programs that keep credentials are not run. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {BuildError} from '../errors.js';
import {isAbsent} from '../system/index.js';
import {parseAuthFile, type AuthFile} from './parse-auth-file.js';

/**
The files that docker, buildah and podman read, in the order of containers-auth.json(5) and then Docker's. A file that
is named by a variable and is not there is not there.

@param environment REGISTRY_AUTH_FILE, DOCKER_CONFIG, XDG_RUNTIME_DIR, XDG_CONFIG_HOME. Engines see these too.
@param user the number of the user.
*/
export function authFilePlaces(environment: Readonly<Record<string, string | undefined>>, homeFolder: string, user: number): readonly string[] {
	const named = (name: string): string | undefined => (environment[name] ?? '') === '' ? undefined : environment[name];
	const only = named('REGISTRY_AUTH_FILE');
	if (only !== undefined) {
		return [only];
	}

	const runtime = named('XDG_RUNTIME_DIR');
	return [
		// Under sudo there is no such variable.
		runtime === undefined ? `/run/containers/${user}/auth.json` : path.join(runtime, 'containers', 'auth.json'),
		path.join(named('XDG_CONFIG_HOME') ?? path.join(homeFolder, '.config'), 'containers', 'auth.json'),
		path.join(named('DOCKER_CONFIG') ?? path.join(homeFolder, '.docker'), 'config.json'),
	];
}

/** @throws BuildError STX0723 for a file that is there and cannot be read. */
export async function readAuthFiles(files: readonly string[]): Promise<readonly AuthFile[]> {
	const read = await Promise.all(files.map(async file => {
		const text = await readOptional(file);
		return text === undefined || text.trim() === '' ? [] : [parseAuthFile(text, file)];
	}));
	return read.flat();
}

async function readOptional(file: string): Promise<string | undefined> {
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		if (isAbsent(error)) {
			return undefined;
		}

		throw new BuildError('STX0723', `\`${file}\` cannot be read`, {at: {file}, cause: error});
	}
}
