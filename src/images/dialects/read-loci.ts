/** LOCI's tree, from a commit of a repository or from a folder: file by file in the store. Where it came from stays as it is. */
import {createReadStream} from 'node:fs';
import {readdir, stat} from 'node:fs/promises';
import path from 'node:path';
import {text} from 'node:stream/consumers';
import pMap from 'p-map';
import {BuildError, type SourceLocation} from '../../errors.js';
import {maskSecrets} from '../../mask-secrets.js';
import {keyOf, type Digest, type Store} from '../../plan/index.js';
import {fileError, withTemporaryFolder, type Git} from '../../system/index.js';

export type LociFile = {readonly name: string; readonly digest: Digest; readonly executable: boolean};

export type LociTree = {
	/** The URL of its repository, or its folder. */
	readonly place: string;
	readonly commit?: string;
	/** Below its top, sorted by name. */
	readonly files: readonly LociFile[];
	/** The text of a file. @throws BuildError STX0615 when there is none of that name. */
	read(name: string): Promise<string>;
	/** Where a file is, for messages. */
	at(name: string, line?: number): SourceLocation;
};

export type LociEffects = {
	readonly git: Git;
	readonly store: Store;
	/** Folder for temporary files. */
	readonly temporary: string;
	readonly signal?: AbortSignal;
};

/** Counted up when the same commit gives another list. */
const recipe = 1;

const filesAtOnce = 8;

/**
@param names files and folders that are wanted; what else there is does not count.
@throws BuildError STX0615 when one of them is not there, or the folder is not; STX0911, STX0912, STX0306 of git; STX0903 for a folder that
cannot be read.
*/
export async function readLoci(from: {readonly url: string; readonly commit: string} | {readonly folder: string}, names: readonly string[], effects: LociEffects): Promise<LociTree> {
	const {store} = effects;
	if ('folder' in from && !await isFolder(from.folder)) {
		throw new BuildError('STX0615', `there is no folder \`${from.folder}\` with LOCI`, {at: {file: from.folder}, hint: 'name the folder, or the git repository, with --loci or `loci` in build-config/stx-build.ini'});
	}

	const place = 'folder' in from ? from.folder : from.url;
	const files = 'folder' in from ? await storeFiles(from.folder, names, store, {file: place}) : await fetchFiles(from, names, effects);
	const at: LociTree['at'] = (name, line) => 'folder' in from
		? {file: path.join(place, name), ...(line !== undefined && {line})}
		: {url: `${maskSecrets(place)} at ${from.commit.slice(0, 12)}, ${name}${line === undefined ? '' : `:${line}`}`};
	return {
		place,
		...('commit' in from && {commit: from.commit}),
		files,
		at,
		async read(name) {
			const file = files.find(item => item.name === name);
			if (!file) {
				throw absent(name, {url: place});
			}

			return text(store.open(file.digest));
		},
	};
}

const isFolder = async (folder: string): Promise<boolean> => stat(folder).then(found => found.isDirectory(), () => false);

const absent = (name: string, at: SourceLocation): BuildError => new BuildError('STX0615', `LOCI has no \`${name}\``, {at, hint: 'check `loci` and `loci-ref`: they must name openstack/loci'});

async function fetchFiles({url, commit}: {readonly url: string; readonly commit: string}, names: readonly string[], {git, store, temporary, signal}: LociEffects): Promise<readonly LociFile[]> {
	const key = keyOf({
		kind: 'loci.files', recipe, commit, names,
	});
	const earlier = await store.result(key) as readonly LociFile[] | undefined;
	if (earlier && (await Promise.all(earlier.map(async ({digest}) => store.has(digest)))).every(Boolean)) {
		return earlier;
	}

	const tree = await git.fetch(url, commit, {...(signal && {signal})});
	const files = await withTemporaryFolder('loci', async folder => {
		const top = path.join(folder, 'tree');
		await git.extract(tree, top);
		return storeFiles(top, names, store, {url});
	}, temporary);
	await store.keep(key, files);
	return files;
}

async function storeFiles(folder: string, names: readonly string[], store: Store, at: SourceLocation): Promise<readonly LociFile[]> {
	const found: string[] = [];
	for (const name of names) {
		found.push(...await listFiles(folder, name, at));
	}

	return pMap(found.toSorted(), async name => {
		const file = path.join(folder, name);
		const [{digest}, {mode}] = await Promise.all([store.add(createReadStream(file)), stat(file)]).catch((error: unknown) => {
			throw fileError(error, file);
		});
		return {name, digest, executable: Math.floor(mode / 0o100) % 2 === 1};
	}, {concurrency: filesAtOnce});
}

/** The files of that name, or below it. A link is none: it may lead anywhere. */
async function listFiles(folder: string, name: string, at: SourceLocation): Promise<readonly string[]> {
	const place = path.join(folder, name);
	const found = await stat(place).catch(() => undefined);
	if (!found) {
		throw absent(name, at);
	}

	if (!found.isDirectory()) {
		return [name];
	}

	const entries = await readdir(place, {recursive: true, withFileTypes: true});
	return entries.filter(entry => entry.isFile()).map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
