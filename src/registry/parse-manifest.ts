/**
Manifests and indexes, of Docker (https://distribution.github.io/distribution/spec/manifest-v2-2/) and of OCI
(https://github.com/opencontainers/image-spec). Pure.
*/
import {createHash} from 'node:crypto';
import * as z from 'zod';
import {BuildError} from '../errors.js';
import type {Digest} from '../plan/index.js';
import type {Manifest} from './registry.js';

const imageTypes = ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'];
const indexTypes = ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'];

/** What is asked for. The type of an answer decides how it is read. */
export const manifestTypes: readonly string[] = [...imageTypes, ...indexTypes];

const digest = z.custom<Digest>(value => typeof value === 'string' && isDigest(value));
const descriptor = z.object({
	digest, size: z.number().int().nonnegative(), mediaType: z.string().optional(), urls: z.array(z.string()).nullish(),
});
const image = z.object({config: descriptor, layers: z.array(descriptor)});
const index = z.object({manifests: z.array(descriptor)});
const mediaTyped = z.object({mediaType: z.string().optional()});
const imageConfig = z.object({config: z.object({Labels: z.record(z.string(), z.string()).nullish()}).nullish()});

export const isDigest = (text: string): text is Digest => /^sha256:[\da-f]{64}$/.test(text);

export const digestOfBytes = (bytes: Uint8Array): Digest => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/**
@param contentType as the registry says it; what the document itself says counts where that is no type of a manifest.
@param where for messages.
@throws BuildError STX0724
*/
export function parseManifest(bytes: Uint8Array, contentType: string | undefined, where: string): Manifest {
	const document = readJson(bytes, where);
	const said = (contentType ?? '').split(';', 1)[0]!.trim();
	const mediaType = manifestTypes.includes(said) ? said : mediaTyped.safeParse(document).data?.mediaType ?? said;
	const common = {digest: digestOfBytes(bytes), mediaType, bytes};
	if (indexTypes.includes(mediaType)) {
		const {manifests} = read(index, document, where);
		return {...common, blobs: [], manifests: manifests.map(item => item.digest)};
	}

	if (!imageTypes.includes(mediaType)) {
		throw new BuildError('STX0724', `\`${where}\` is of the type \`${mediaType}\`, which is no image that can be read`, {hint: 'push it again with a newer engine'});
	}

	const {config, layers} = read(image, document, where);
	const own = layers.filter(layer => (layer.urls ?? []).length === 0 && !/nondistributable|foreign/.test(layer.mediaType ?? ''));
	return {
		...common, config: config.digest, blobs: [config, ...own].map(item => ({digest: item.digest, size: item.size})), manifests: [],
	};
}

/** The labels in the config of an image. @throws BuildError STX0724 */
export const parseLabels = (bytes: Uint8Array, where: string): Readonly<Record<string, string>> => read(imageConfig, readJson(bytes, where), where).config?.Labels ?? {};

function readJson(bytes: Uint8Array, where: string): unknown {
	try {
		return JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes));
	} catch {
		throw new BuildError('STX0724', `\`${where}\` is not JSON`);
	}
}

function read<T>(schema: z.ZodType<T>, document: unknown, where: string): T {
	const {data, error} = schema.safeParse(document);
	if (error) {
		throw new BuildError('STX0724', `\`${where}\` is not what its type says: ${z.prettifyError(error).split('\n')[0]!}`);
	}

	return data;
}
