/** Image references, read as Docker reads them, so that one name means one image on every engine. */
import type {ImageId} from './engine.js';

/** Whether this is the id of an image: 64 hex digits, with or without `sha256:`. */
export const isImageId = (text: string): boolean => /^(?:sha256:)?[\da-f]{64}$/.test(text);

/**
Writes a reference out in full: `nginx` becomes `docker.io/library/nginx:latest`, `a/b:1` becomes `docker.io/a/b:1`.
Ids stay as they are.

The first part is a host when it has a dot or a colon or is `localhost`, as in
https://pkg.go.dev/github.com/distribution/reference#ParseNormalizedNamed.
*/
export function normalizeReference(reference: string): string {
	if (isImageId(reference)) {
		return reference;
	}

	const slash = reference.indexOf('/');
	const first = slash === -1 ? '' : reference.slice(0, slash);
	const hasHost = /[.:]/.test(first) || first === 'localhost';
	const host = hasHost ? first : 'docker.io';
	const rest = hasHost ? reference.slice(slash + 1) : reference;
	const path = host === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest;
	const isComplete = path.includes('@') || path.slice(path.lastIndexOf('/') + 1).includes(':');
	return `${host}/${path}${isComplete ? '' : ':latest'}`;
}

/** A reference taken apart. `registry` is its host with the port; `repository` is the name within it. */
export type ReferenceParts = {
	readonly registry: string;
	readonly repository: string;
	/** `latest` where the reference has neither tag nor digest. */
	readonly tag?: string;
	readonly digest?: string;
};

/** Takes a reference apart, read as `normalizeReference` reads it: `a/b:1` is in `docker.io`. */
export function splitReference(reference: string): ReferenceParts {
	const [name = '', digest] = normalizeReference(reference).split('@', 2);
	const slash = name.indexOf('/');
	const rest = name.slice(slash + 1);
	const colon = rest.lastIndexOf(':');
	const hasTag = colon > rest.lastIndexOf('/');
	return {
		registry: name.slice(0, slash),
		repository: hasTag ? rest.slice(0, colon) : rest,
		...(hasTag && {tag: rest.slice(colon + 1)}),
		...(digest !== undefined && {digest}),
	};
}

/**
Why no registry takes a reference: its name or its tag is none by the rules of
https://pkg.go.dev/github.com/distribution/reference. Undefined when nothing is wrong.

@param reference with a tag.
*/
export function explainReference(reference: string): {readonly what: string; readonly hint: string} | undefined {
	const colon = reference.lastIndexOf(':');
	const [name, tag] = [reference.slice(0, colon), reference.slice(colon + 1)];
	if (!/^\w[-\w.]{0,127}$/.test(tag)) {
		return {what: `\`${tag}\` cannot be a tag`, hint: 'a tag has at most 128 letters, digits, `_`, `.` and `-`: see the settings prefix, latest-prefix, os-label and version'};
	}

	const path = name.split('/');
	const components = path.length > 1 && /[.:]|^localhost$/.test(path[0]!) ? path.slice(1) : path;
	return components.every(component => /^[\da-z]+(?:(?:\.|_{1,2}|-+)[\da-z]+)*$/.test(component))
		? undefined
		: {what: `\`${name}\` cannot be the name of an image`, hint: 'names of images have lower-case letters and digits, with `-`, `_` or `.` between them: see the settings registry and user'};
}

/**
Why what somebody wrote is no reference: it is neither an id nor a name, with a tag, a digest, both or neither. Undefined
when nothing is wrong.
*/
export function explainWrittenReference(written: string): {readonly what: string; readonly hint: string} | undefined {
	if (isImageId(written)) {
		return undefined;
	}

	const at = written.indexOf('@');
	const digest = at === -1 ? undefined : written.slice(at + 1);
	if (digest !== undefined && !/^(?:sha256:[\da-f]{64}|sha512:[\da-f]{128})$/.test(digest)) {
		return {what: `\`${digest}\` cannot be a digest`, hint: 'a digest is `sha256:` and 64 hex digits; a tag comes after a colon'};
	}

	const name = normalizeReference(at === -1 ? written : written.slice(0, at));
	const hint = 'a reference is as `debian:trixie` or `registry.example.com:5000/team/debian:trixie`';
	const wrong = explainReference(name);
	if (wrong) {
		return {what: wrong.what, hint};
	}

	const host = registryOf(name);
	return /^(?:[a-z\d](?:[-.\w]*[a-z\d])?|\[[\da-f:.]+])(?::\d+)?$/i.test(host) ? undefined : {what: `\`${host}\` cannot be the host of a registry`, hint};
}

/** The host, with its port, of the registry that holds an image. */
export function registryOf(reference: string): string {
	return normalizeReference(reference).split('/', 1)[0]!;
}

/** Whether a registry is on this machine, where Docker speaks plain HTTP without being told to. */
export function isLoopbackRegistry(registry: string): boolean {
	return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1])(?::\d+)?$/.test(registry);
}

/**
The name under which an image that stx-build made is used by later steps: it names one image for ever, so that a
Dockerfile's `FROM`, which takes no ids, gets exactly this one. No registry is asked for it, as a build asks none for what the
engine has.

@param name what it is: lower-case words joined by `-`.
*/
export function formatLocalReference(name: string, image: ImageId): string {
	return `localhost/stx-build/${name}:${image.replace('sha256:', '').slice(0, 16)}`;
}
