/**
An engine and a registry that keep names and nothing else, in files, for measuring what is around the builds. A build
takes as long as it is told to, whatever is built.
*/
import {createHash} from 'node:crypto';
import {
	appendFile, mkdir, readFile, rm, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {normalizeReference, type Engine} from '../src/engine/index.js';
import type {Manifest, Registry} from '../src/registry/index.js';

/** What a base image answers to `cat`. */
const baseFiles: Readonly<Record<string, string>> = {
	'/etc/os-release': 'ID=debian\nVERSION_CODENAME=trixie\n',
	'/var/lib/dpkg/status': 'Package: python3\nStatus: install ok installed\nVersion: 3.13.5-1\n\nPackage: libc6\nStatus: install ok installed\nVersion: 2.41-12\n',
	'/usr/share/stx-build/apt-state': `${'0'.repeat(64)}|trixie|2026-01-10T10:00:00Z\n`,
};

const refuse = (what: string) => async (): Promise<never> => {
	throw new Error(`the stub engine has no ${what}`);
};

const sha256 = (text: string): `sha256:${string}` => `sha256:${createHash('sha256').update(text).digest('hex')}`;

export type StubOptions = {
	/** Where the names are, and `log`, with a line for each build and each push. */
	readonly folder: string;
	readonly buildSeconds: number;
};

/** Gives an image of the stub engine a name: the base image, which nobody has built. */
export async function nameStubImage(folder: string, reference: string): Promise<void> {
	await createStubEngine({folder, buildSeconds: 0}).tag(sha256(reference), reference);
}

export function createStubEngine({folder, buildSeconds}: StubOptions): Engine {
	const names = createNames(path.join(folder, 'engine'));
	const log = async (line: string): Promise<void> => appendFile(path.join(folder, 'log'), `${line}\n`);
	return {
		name: 'docker',
		imageStore: 'docker',
		facts: {version: 'stub'},
		find: async reference => names.read(reference),
		inspect: async () => ({
			env: [], entrypoint: [], cmd: [], user: '', labels: {},
		}),
		importRoot: refuse('import'),
		pull: refuse('pull'),
		async build({labels}) {
			await sleep(buildSeconds * 1000);
			const image = sha256(JSON.stringify(labels));
			await names.write(image, image);
			await log(`build ${image}`);
			return image;
		},
		async run({argv: [program, file = '']}) {
			const output = program === 'cat'
				? baseFiles[file]
				: `${JSON.stringify({
					inventory: {packages: {}, distributions: {}}, checks: [{
						check: 'it is there', status: 'passed', seconds: 0, detail: '',
					}],
				})}\n`;
			return {
				exitCode: output === undefined ? 1 : 0, stdout: output ?? '', stderr: '', output: output ?? '', timedOut: false,
			};
		},
		async tag(image, reference) {
			await names.write(image, image);
			await names.write(reference, image);
		},
		remove: async reference => names.remove(reference),
		async push(image, reference) {
			await createNames(path.join(folder, 'registry')).write(reference, image);
			await log(`push ${reference}`);
			return image;
		},
		buildCommand: () => [],
	};
}

/** Has what the stub engine has pushed into the same folder. */
export function createStubRegistry(folder: string): Registry {
	const names = createNames(path.join(folder, 'registry'));
	const digest: Registry['digest'] = async reference => await names.read(reference) as Manifest['digest'] | undefined;
	return {
		digest,
		async manifest(reference) {
			const found = await digest(reference);
			return found && {
				digest: found, mediaType: 'application/vnd.oci.image.manifest.v1+json', bytes: new Uint8Array(), blobs: [], config: found, manifests: [],
			};
		},
		async tag(manifest, reference) {
			await names.write(reference, manifest.digest);
			return manifest.digest;
		},
		labels: refuse('labels'),
		copy: refuse('copy'),
		tags: refuse('tags'),
	};
}

/** Names of images, a file for each. */
function createNames(folder: string) {
	const fileOf = (name: string): string => path.join(folder, encodeURIComponent(normalizeReference(name)));
	return {
		read: async (name: string): Promise<string | undefined> => readFile(fileOf(name), 'utf8').catch(() => undefined),
		async write(name: string, image: string): Promise<void> {
			await mkdir(folder, {recursive: true});
			await writeFile(fileOf(name), image);
		},
		remove: async (name: string): Promise<void> => rm(fileOf(name), {force: true}),
	};
}
