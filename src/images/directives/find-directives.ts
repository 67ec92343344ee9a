/** StarlingX's discovery: the directive files that the repositories of a checkout name. */
import path from 'node:path';
import {findRepositories, readFolder, readText} from '../../system/index.js';
import {imagesIncNames, parseImagesInc, type ListedDirectory} from './parse-images-inc.js';

/** A checkout of StarlingX, and what is wanted of it. */
export type Checkout = {
	/** MY_REPO: repositories are looked for beside it and in it. */
	readonly repo: string;
	readonly os: string;
	readonly codename: string;
	readonly stream: string;
};

/** A directory that is listed, and has no directive file for this OS, release and stream. */
export type BarrenDirectory = ListedDirectory & {
	/** Where directive files were looked for. */
	readonly folder: string;
	/** The other one, where neither is there. */
	readonly orIn?: string;
	/** Names of images that it has for other releases; where it has none, its own. */
	readonly images: readonly string[];
	/** The releases for which it has some, sorted. */
	readonly releases: readonly string[];
};

export type FoundDirectives = {
	/** Directive files, each once, in the order of the repositories and of their lists. */
	readonly files: readonly string[];
	readonly barren: readonly BarrenDirectory[];
};

/** The one release whose directive files may be in the folder of the OS itself. */
const releaseWithoutFolder = 'bullseye';

/**
Finds the directive files that StarlingX's build-stx-images.sh finds. Of a listed directory, these are the files
`*.<stream>_docker_image` in `<directory>/<os>/<codename>`; where that is not there in `<directory>/<os>/all`; and
where neither is, for bullseye only, in `<directory>/<os>`. A directory without any is told, where the tool passes it
over in silence.

@throws BuildError STX0903 for a list or a folder that cannot be read.
*/
export async function findDirectives(checkout: Checkout): Promise<FoundDirectives> {
	const names = imagesIncNames(checkout);
	const repositories = await findRepositories(checkout.repo);
	const lists = repositories.flatMap(({folder, names: there}) => there.filter(name => names.includes(name)).map(name => path.join(folder, name)));
	const listed = await Promise.all(lists.map(async file => parseImagesInc(await readText(file), file)));
	const found = await Promise.all(listed.flat().map(async item => findOfDirectory(item, checkout)));
	return {
		files: [...new Set(found.flatMap(({files}) => files))],
		barren: found.flatMap(({barren}) => barren ?? []),
	};
}

/** The same where there may be no checkout: then it is undefined. */
export async function searchCheckout({repo, os, codename, stream}: Omit<Checkout, 'repo'> & {readonly repo: string | undefined}): Promise<FoundDirectives | undefined> {
	if (repo === undefined) {
		return undefined;
	}

	return findDirectives({
		repo, os, codename, stream,
	});
}

async function findOfDirectory(item: ListedDirectory, {os, codename, stream}: Checkout): Promise<{readonly files: readonly string[]; readonly barren?: BarrenDirectory}> {
	const suffix = `.${stream}_docker_image`;
	const top = path.join(path.dirname(item.at.file), item.directory, os);
	const entries = await readFolder(top);
	const folders = entries.filter(entry => entry.isDirectory() || entry.isSymbolicLink()).map(({name}) => name);
	const release = [codename, 'all'].find(name => folders.includes(name));
	const folder = release === undefined && codename === releaseWithoutFolder ? top : path.join(top, release ?? codename);
	const files = await listFiles(folder, suffix);
	if (files.length > 0) {
		return {files};
	}

	const elsewhere = await Promise.all(folders.toSorted().map(async name => ({release: name, files: await listFiles(path.join(top, name), suffix)})));
	const own = {release: releaseWithoutFolder, files: await listFiles(top, suffix)};
	const others = [...elsewhere, own].filter(other => other.files.length > 0);
	const images = [...new Set(others.flatMap(other => other.files.map(file => path.basename(file, suffix))))].toSorted();
	return {
		files,
		barren: {
			...item, folder, ...(release === undefined && {orIn: path.join(top, 'all')}), images: images.length > 0 ? images : [path.basename(path.resolve('/', item.directory))], releases: [...new Set(others.map(other => other.release))].toSorted(),
		},
	};
}

/** The files of a folder with this suffix, sorted; none when it is no folder. */
async function listFiles(folder: string, suffix: string): Promise<readonly string[]> {
	const entries = await readFolder(folder);
	return entries
		.filter(entry => !entry.isDirectory() && entry.name.endsWith(suffix) && !entry.name.startsWith('.'))
		.map(({name}) => path.join(folder, name))
		.toSorted();
}
