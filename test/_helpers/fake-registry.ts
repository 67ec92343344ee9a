/** A registry that keeps which image each name has, and nothing else of images. */
import type {Manifest, Registry} from '../../src/registry/index.js';

export type FakeRegistry = Registry & {
	/** Has an image under a name from now on. @returns the digest of its manifest */
	give(reference: string, image: string): string;
};

/** The digest of the manifest of an image, by its id. */
export const manifestDigest = (image: string): string => image.replace('sha256:', 'sha256:0').slice(0, 71);

/** @param images ids by references */
export function createFakeRegistry(images: Readonly<Record<string, string>> = {}): FakeRegistry {
	const names = new Map(Object.entries(images));
	const registry = {
		async manifest(reference: string) {
			const config = names.get(reference);
			return config === undefined ? undefined : {config, digest: manifestDigest(config)};
		},
		async tag({config, digest}: Manifest, reference: string) {
			names.set(reference, config!);
			return digest;
		},
		give(reference: string, image: string): string {
			names.set(reference, image);
			return manifestDigest(image);
		},
	};
	return registry as unknown as FakeRegistry;
}
