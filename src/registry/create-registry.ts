/** The client of registries: the OCI distribution specification (https://github.com/opencontainers/distribution-spec). */
import pMap from 'p-map';
import {splitReference} from '../engine/index.js';
import {BuildError} from '../errors.js';
import type {Digest} from '../plan/index.js';
import type {RetryPolicy} from '../system/index.js';
import {copyBlob} from './copy-blob.js';
import {
	digestOfBytes, isDigest, manifestTypes, parseLabels, parseManifest,
} from './parse-manifest.js';
import type {Copied, Manifest, Registry} from './registry.js';
import {
	createSession, type Place, type Session, type SessionOptions,
} from './session.js';

export type RegistryOptions = SessionOptions & {
	/** When the transfer of a blob is tried again. */
	readonly retry: RetryPolicy;
};

const blobsAtOnce = 4;

/** Pages of tags; no registry has so many. */
const mostPages = 10_000;

export function createRegistry(options: RegistryOptions): Registry {
	const sessions = new Map<string, Session>();

	function placeOf(reference: string): Place & {readonly name: string} {
		const {registry, repository, tag, digest} = splitReference(reference);
		const session = sessions.get(registry) ?? createSession(registry, options);
		sessions.set(registry, session);
		return {
			session, registry, repository, name: digest ?? tag!,
		};
	}

	async function readManifest({session, registry, repository}: Place, name: string): Promise<Manifest | undefined> {
		const where = `${registry}/${repository}${isDigest(name) ? '@' : ':'}${name}`;
		const {statusCode, headers, body} = await session.ask({
			method: 'GET', path: `${repository}/manifests/${name}`, repository, rights: 'pull', headers: {accept: manifestTypes.join(', ')}, expected: [404],
		});
		if (statusCode === 404) {
			return undefined;
		}

		const manifest = parseManifest(body, headers['content-type'], where);
		for (const said of [name, headers['docker-content-digest']]) {
			if (typeof said === 'string' && isDigest(said) && said !== manifest.digest) {
				throw new BuildError('STX0721', `\`${where}\` has the digest \`${manifest.digest}\`, and should have \`${said}\``, {hint: 'something between this machine and the registry changes what it sends, or its storage is damaged'});
			}
		}

		return manifest;
	}

	async function readBlob({session, registry, repository}: Place, digest: Digest): Promise<Uint8Array> {
		const {body} = await session.ask({
			method: 'GET', path: `${repository}/blobs/${digest}`, repository, rights: 'pull',
		});
		const found = digestOfBytes(body);
		if (found !== digest) {
			throw new BuildError('STX0721', `a blob of \`${registry}/${repository}\` has the digest \`${found}\`, and should have \`${digest}\``);
		}

		return body;
	}

	async function headManifest(place: Place, name: string): Promise<Digest | undefined> {
		const {session, repository} = place;
		const {statusCode, headers} = await session.ask({
			method: 'HEAD', path: `${repository}/manifests/${name}`, repository, rights: 'pull', headers: {accept: manifestTypes.join(', ')}, expected: [404],
		});
		if (statusCode === 404) {
			return undefined;
		}

		const said = headers['docker-content-digest'];
		if (typeof said === 'string' && isDigest(said)) {
			return said;
		}

		return (await readManifest(place, name))?.digest;
	}

	/** @returns the digest that the registry has it under. */
	async function putManifest({session, registry, repository}: Place, name: string, {mediaType, bytes, digest}: Manifest): Promise<Digest> {
		const {headers} = await session.ask({
			method: 'PUT', path: `${repository}/manifests/${name}`, repository, rights: 'pull,push', headers: {'content-type': mediaType}, body: bytes,
		});
		const said = headers['docker-content-digest'];
		if (typeof said === 'string' && isDigest(said) && said !== digest) {
			throw new BuildError('STX0721', `\`${registry}/${repository}\` was sent \`${digest}\`, and says that it got \`${said}\``);
		}

		return digest;
	}

	/** Gives the target all that a manifest names, and then the manifest. */
	async function copyManifest(manifest: Manifest, name: string, {from, to}: {readonly from: Place; readonly to: Place}): Promise<Omit<Copied, 'digest'>> {
		const counted = {blobs: 0, bytes: 0};
		if (from.registry !== to.registry || from.repository !== to.repository) {
			for (const digest of manifest.manifests) {
				const child = await readManifest(from, digest);
				if (!child) {
					throw new BuildError('STX0725', `\`${from.registry}/${from.repository}\` does not have \`${digest}\`, which an index of its names`);
				}

				const {blobs, bytes} = await copyManifest(child, digest, {from, to});
				counted.blobs += blobs;
				counted.bytes += bytes;
			}

			// Layers may be equal: empty ones often are.
			const blobs = [...new Map(manifest.blobs.map(blob => [blob.digest, blob])).values()];
			const sent = await pMap(blobs, async blob => copyBlob(blob, {from, to}, options), {concurrency: blobsAtOnce});
			for (const [index, {size}] of blobs.entries()) {
				counted.blobs += sent[index] === 'sent' ? 1 : 0;
				counted.bytes += sent[index] === 'sent' ? size : 0;
			}
		}

		await putManifest(to, name, manifest);
		return counted;
	}

	return {
		async digest(reference) {
			const place = placeOf(reference);
			return headManifest(place, place.name);
		},
		async manifest(reference) {
			const place = placeOf(reference);
			return readManifest(place, place.name);
		},
		async labels(reference) {
			const place = placeOf(reference);
			const named = await readManifest(place, place.name);
			const [first] = named?.manifests ?? [];
			const image = first === undefined ? named : await readManifest(place, first);
			return image?.config && parseLabels(await readBlob(place, image.config), `${place.registry}/${place.repository}@${image.config}`);
		},
		async tag(manifest, reference) {
			const place = placeOf(reference);
			return putManifest(place, place.name, manifest);
		},
		async copy(source, target) {
			const from = placeOf(source);
			const to = placeOf(target);
			const manifest = await readManifest(from, from.name);
			if (!manifest) {
				throw new BuildError('STX0725', `the registry does not have \`${source}\``, {hint: 'check the name and the tag'});
			}

			return {digest: manifest.digest, ...await copyManifest(manifest, to.name, {from, to})};
		},
		async tags(reference) {
			const {session, repository} = placeOf(reference);
			const names: string[] = [];
			let path: string | undefined = `${repository}/tags/list?n=1000`;
			for (let page = 0; path !== undefined && page < mostPages; page++) {
				const {statusCode, headers, body, url} = await session.ask({
					method: 'GET', path, repository, rights: 'pull', expected: [404],
				});
				if (statusCode === 404) {
					return undefined;
				}

				names.push(...parseTags(body, repository));
				const next = /<(?<path>[^>]+)>\s*;[^,]*\brel="?next"?/.exec([headers.link].flat().join(','))?.groups?.path;
				path = next === undefined ? undefined : new URL(next, url).href;
			}

			return names;
		},
	};
}

function parseTags(body: Uint8Array, repository: string): readonly string[] {
	const fail = (): never => {
		throw new BuildError('STX0724', `the registry does not answer with the tags of \`${repository}\``);
	};

	try {
		const {tags} = JSON.parse(new TextDecoder().decode(body)) as {readonly tags?: unknown};
		return tags === null ? [] : (Array.isArray(tags) && tags.every(tag => typeof tag === 'string') ? tags : fail());
	} catch {
		return fail();
	}
}
