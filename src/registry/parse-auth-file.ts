/** Docker's config.json and containers' auth.json: the credentials of registries that stand in them. Pure. */
import {Buffer} from 'node:buffer';
import * as z from 'zod';
import {BuildError} from '../errors.js';

/** A token is a refresh token of OAuth 2. */
export type Credentials
	= | {readonly kind: 'password'; readonly user: string; readonly password: string}
		| {readonly kind: 'token'; readonly token: string};

export type AuthFile = {
	readonly file: string;
	/** By registry, or registry and the beginning of a repository: `quay.io`, `quay.io/starlingx`. */
	readonly credentials: ReadonlyMap<string, Credentials>;
	/** Registries whose credentials a program keeps. No such program is run. `*` stands for all. */
	readonly kept: ReadonlySet<string>;
};

const text = z.string().optional();

const entry = z.object({
	auth: text, username: text, password: text, identitytoken: text,
});

const document = z.object({
	auths: z.record(z.string(), entry.nullable()).nullish(),
	credHelpers: z.record(z.string(), z.string()).nullish(),
	credsStore: z.string().nullish(),
});

/**
@param content JSON.
@throws BuildError STX0723, which shows nothing of the content.
*/
export function parseAuthFile(content: string, file: string): AuthFile {
	const {auths, credHelpers, credsStore} = readDocument(content, file);
	const credentials = Object.entries(auths ?? {}).flatMap(([name, said]) => {
		const found = said && credentialsOf(said, name, file);
		return found ? [[nameOfRegistry(name), found] as const] : [];
	});
	return {
		file, credentials: new Map(credentials), kept: new Set([...Object.keys(credHelpers ?? {}).map(name => nameOfRegistry(name)), ...((credsStore ?? '') === '' ? [] : ['*'])]),
	};
}

function readDocument(content: string, file: string): z.infer<typeof document> {
	// What the parsers say would quote the content.
	try {
		return document.parse(JSON.parse(content));
	} catch {
		throw new BuildError('STX0723', `\`${file}\` is not a file of registry credentials`, {at: {file}, hint: 'it is JSON as `docker login` and `buildah login` write it: log in again, or name another file with REGISTRY_AUTH_FILE or DOCKER_CONFIG'});
	}
}

function credentialsOf({auth, username, password, identitytoken}: z.infer<typeof entry>, name: string, file: string): Credentials | undefined {
	if (identitytoken !== undefined && identitytoken !== '') {
		return {kind: 'token', token: identitytoken};
	}

	if (auth !== undefined && auth !== '') {
		const decoded = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
		const colon = decoded.indexOf(':');
		if (colon < 1) {
			throw new BuildError('STX0723', `the credentials of \`${name}\` are not a user name and a password`, {at: {file}, hint: 'log in to that registry again'});
		}

		return {kind: 'password', user: decoded.slice(0, colon), password: decoded.slice(colon + 1)};
	}

	return username !== undefined && username !== '' && password !== undefined ? {kind: 'password', user: username, password} : undefined;
}

/** Docker writes some registries as addresses, and its own under an old name. */
function nameOfRegistry(name: string): string {
	const bare = name.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
	return /^(?:index|registry-1)\.docker\.io$/.test(bare) ? 'docker.io' : bare;
}

/** The credentials for a repository: those of the longest name that it begins with, and of the first file that has any. */
export function findCredentials(files: readonly AuthFile[], registry: string, repository: string): Credentials | undefined {
	const names = namesOf(registry, repository);
	return files.flatMap(({credentials}) => names.map(name => credentials.get(name))).find(found => found !== undefined);
}

/** The file that has a program for the credentials of a repository; undefined when none has. */
export function findKeeper(files: readonly AuthFile[], registry: string, repository: string): string | undefined {
	const names = [...namesOf(registry, repository), '*'];
	return files.find(({kept}) => names.some(name => kept.has(name)))?.file;
}

/** `quay.io/a/b`, `quay.io/a`, `quay.io`. */
function namesOf(registry: string, repository: string): readonly string[] {
	const parts = repository.split('/');
	return [...parts.map((_, index) => [registry, ...parts.slice(0, parts.length - index)].join('/')), registry];
}
