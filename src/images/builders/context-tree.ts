/** The build context of an image that has a Dockerfile of its own: what is in it, and a copy of it. */
import {
	chmod, copyFile, lstat, mkdir, readdir, readlink, stat, symlink,
} from 'node:fs/promises';
import path from 'node:path';
import pMap from 'p-map';
import {BuildError, type SourceLocation} from '../../errors.js';
import {keyOf, type Digest, type Key} from '../../plan/index.js';
import {digestOfFile, fileError} from '../../system/index.js';

/** What decides what an engine copies of an entry: not its times, and not who owns it. */
export type ContextEntry = {readonly path: string; readonly mode: number} & (
	| {readonly kind: 'file'; readonly digest: Digest}
	| {readonly kind: 'folder'}
	| {readonly kind: 'link'; readonly target: string}
);

const filesAtOnce = 8;

/** More is no build context, but a path that leads to somewhere else. */
const mostEntries = 100_000;

/**
The entries of a context, sorted by path.

@param folder absolute; a link that leads to a folder will do.
@param options.digestOf gives the digest of a file.
@throws BuildError STX0604 for what cannot be in a context: a link that leads out of it, a device, too much of all.
*/
export async function listContext(folder: string, {at, digestOf = digestOfFile}: {
	readonly at: SourceLocation; readonly digestOf?: (file: string) => Promise<Digest>;
}): Promise<readonly ContextEntry[]> {
	const entries: Array<ContextEntry | {readonly path: string; readonly mode: number; readonly kind: 'unread'}> = [];
	let folders = [''];
	while (folders.length > 0) {
		const below: string[] = [];
		for (const relative of folders) {
			for (const name of (await readdir(path.join(folder, relative))).toSorted()) {
				const place = path.join(relative, name);
				const found = await lstat(path.join(folder, place));
				// A link has no mode of its own.
				const mode = found.isSymbolicLink() ? 0 : found.mode % 0o1_0000;
				if (found.isSymbolicLink()) {
					entries.push({
						path: place, mode, kind: 'link', target: await readInnerLink(folder, place, at),
					});
				} else if (found.isDirectory()) {
					entries.push({path: place, mode, kind: 'folder'});
					below.push(place);
				} else if (found.isFile()) {
					entries.push({path: place, mode, kind: 'unread'});
				} else {
					throw new BuildError('STX0604', `\`${place}\` of the build context is no file, folder or link`, {at: [at, {file: path.join(folder, place)}], hint: 'take it out of the context'});
				}

				if (entries.length > mostEntries) {
					throw new BuildError('STX0604', `the build context \`${folder}\` has more than ${mostEntries} files`, {at, hint: 'correct DOCKER_CONTEXT: it is meant from the folder of the directive file'});
				}
			}
		}

		folders = below;
	}

	const read = await pMap(entries, async entry => entry.kind === 'unread' ? {...entry, kind: 'file' as const, digest: await digestOf(path.join(folder, entry.path))} : entry, {concurrency: filesAtOnce});
	return read.toSorted((a, b) => a.path < b.path ? -1 : 1);
}

async function readInnerLink(folder: string, place: string, at: SourceLocation): Promise<string> {
	const target = await readlink(path.join(folder, place));
	const leads = path.join(path.dirname(place), target);
	if (path.isAbsolute(target) || leads === '..' || leads.startsWith(`..${path.sep}`)) {
		throw new BuildError('STX0604', `the link \`${place}\` leads to \`${target}\`, out of the build context`, {at: [at, {file: path.join(folder, place)}], hint: 'copy what it leads to into the context, or make the link in the Dockerfile'});
	}

	return target;
}

export const digestOfContext = (entries: readonly ContextEntry[]): Key => keyOf(entries.map(entry => ({...entry})));

/**
Copies a context.

@param to is made.
@throws BuildError STX0610 when it is not what it was when the build was planned, STX0904, STX0905.
*/
export async function copyContext(from: string, to: string, {digest, at}: {readonly digest: string; readonly at: SourceLocation}): Promise<void> {
	const changed = (): BuildError => new BuildError('STX0610', `the build context \`${from}\` has changed since the build was planned`, {at: {file: from}, hint: 'run stx-build again'});
	try {
		await copyTree(from, to);
	} catch (error) {
		throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? changed() : fileError(error, to);
	}

	// Of the copy, which nobody changes any more.
	if (digestOfContext(await listContext(to, {at})) !== digest) {
		throw changed();
	}
}

async function copyTree(from: string, to: string): Promise<void> {
	await mkdir(to, {recursive: true});
	const entries = await readdir(from, {withFileTypes: true});
	await pMap(entries, async entry => {
		const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
		if (entry.isSymbolicLink()) {
			await symlink(await readlink(source), target);
		} else if (entry.isDirectory()) {
			await copyTree(source, target);
			await chmod(target, (await stat(source)).mode % 0o1_0000);
		} else if (entry.isFile()) {
			await copyFile(source, target);
			await chmod(target, (await stat(source)).mode % 0o1_0000);
		}
	}, {concurrency: filesAtOnce});
}
