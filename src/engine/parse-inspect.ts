/** What the engines print, read into our own types. */
import * as z from 'zod';
import type {ImageConfig, ImageId} from './engine.js';

const texts = z.array(z.string()).nullish();

const config = z.object({

	Env: texts, Entrypoint: texts, Cmd: texts, User: z.string().nullish(), Labels: z.record(z.string(), z.string()).nullish(),

}).nullish();

const dockerImage = z.object({Id: z.string(), Config: config, RepoDigests: texts});
const buildahImage = z.object({FromImageID: z.string(), FromImageDigest: z.string(), OCIv1: z.object({config})});
const podmanImages = z.tuple([z.object({Id: z.string(), Digest: z.string().nullish(), Config: config})]);
const buildahInfo = z.object({store: z.object({GraphDriverName: z.string(), GraphRoot: z.string()})});
const podmanInfo = z.object({
	host: z.object({ociRuntime: z.object({name: z.string()})}),
	store: z.object({graphDriverName: z.string(), graphRoot: z.string()}),
	version: z.object({Version: z.string()}),
});
const buildahContainer = z.object({defaultMountsFilePath: z.string().nullish()});
const dockerInfo = z.object({ServerVersion: z.string(), Driver: z.string()});

export type InspectedImage = {
	readonly id: ImageId;
	/** Digest of the manifest it was pulled with, as far as the engine says. */
	readonly digest: string | undefined;
	readonly config: ImageConfig;
};

/** `docker image inspect --format '{{json .}}'` */
export function parseDockerImage(json: string): InspectedImage {
	const image = dockerImage.parse(JSON.parse(json));
	return {id: image.Id, digest: image.RepoDigests?.[0]?.split('@')[1], config: toConfig(image.Config)};
}

/** `buildah inspect --type image` */
export function parseBuildahImage(json: string): InspectedImage {
	const image = buildahImage.parse(JSON.parse(json));
	return {id: withAlgorithm(image.FromImageID), digest: image.FromImageDigest === '' ? undefined : image.FromImageDigest, config: toConfig(image.OCIv1.config)};
}

/** `podman image inspect` of one image. */
export function parsePodmanImage(json: string): InspectedImage {
	const [image] = podmanImages.parse(JSON.parse(json));
	return {id: withAlgorithm(image.Id), digest: image.Digest ?? undefined, config: toConfig(image.Config)};
}

/** The storage in `buildah info`: its driver, and its folder. */
export function parseBuildahInfo(json: string): {readonly storage: string; readonly storageFolder: string} {
	const {store} = buildahInfo.parse(JSON.parse(json));
	return {storage: store.GraphDriverName, storageFolder: store.GraphRoot};
}

/** The mounts.conf that a container of a build was made with: in its buildah.json. Empty when it does not say. */
export const parseMountsFile = (json: string): string => buildahContainer.parse(JSON.parse(json)).defaultMountsFilePath ?? '';

/** What `podman info --format '{{json .}}'` tells. */
export function parsePodmanInfo(json: string): {readonly version: string; readonly storage: string; readonly defaultRuntime: string; readonly storageFolder: string} {
	const {host, store, version} = podmanInfo.parse(JSON.parse(json));
	return {
		version: version.Version, storage: store.graphDriverName, defaultRuntime: host.ociRuntime.name, storageFolder: store.graphRoot,
	};
}

/** Version and storage driver of the daemon in `docker info --format '{{json .}}'`; undefined when it is not docker that answers, but podman-docker. */
export function parseDockerInfo(json: string): {readonly version: string; readonly storage: string} | undefined {
	const {success, data} = dockerInfo.safeParse(JSON.parse(json));
	return success ? {version: data.ServerVersion, storage: data.Driver} : undefined;
}

/** The id in what `docker load` prints; undefined when it names none. */
export const parseLoadedId = (output: string): ImageId | undefined => /^Loaded image ID: (sha256:[\da-f]{64})$/m.exec(output)?.[1];

/** The digest in what `docker pull` (`Digest: …`) or `docker push` (`…: digest: … size: …`) prints. */
export const parseDigest = (output: string): string | undefined => /\bdigest: (sha256:[\da-f]{64})\b/i.exec(output)?.[1];

/** An id as `buildah` prints it, with the name of its algorithm. */
export const withAlgorithm = (id: string): ImageId => id.startsWith('sha256:') ? id : `sha256:${id}`;

/** Takes away what `buildah run` adds of its own when a command fails: lines on how the processes around it ended. */
export function withoutRunNoise(text: string): string {
	return text.replace(/(?:subprocess exited (?:with status \d+|on [\w ]+)\n)*Error: exit status \d+\n?$/, '');
}

function toConfig(found: z.infer<typeof config>): ImageConfig {
	return {
		env: found?.Env ?? [],
		entrypoint: found?.Entrypoint ?? [],
		cmd: found?.Cmd ?? [],
		user: found?.User ?? '',
		labels: found?.Labels ?? {},
	};
}
