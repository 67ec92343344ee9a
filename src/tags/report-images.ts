/** Which images charts, packages and ISOs ask for. */
import {
	lstat, mkdir, readdir, readFile, rm, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import {BuildError} from '../errors.js';
import {
	exists, readMembers, runChecked, withTemporaryFolder, type Command, type Runner,
} from '../system/index.js';
import {parseAskedImages, type AskedImage} from './parse-asked-images.js';

export type ReportedImage = AskedImage & {
	/** The file, with the members that it is in: `app.tgz!charts/keystone.tgz!keystone/values.yaml`. */
	readonly in: string;
};

export type ImageReport = {
	readonly images: readonly ReportedImage[];
	/** How many texts were read. */
	readonly texts: number;
	/** What could not be read, with the reason. */
	readonly notes: readonly string[];
};

export type ReportEffects = {readonly run: Runner; readonly signal: AbortSignal};

/** An application has charts in it, a package applications, an ISO packages. */
const deepest = 5;

const isText = (name: string): boolean => /\.ya?ml$/.test(name) && !/(?:^|\/)(?:templates|crds|\.git|node_modules)\//.test(name);
const isArchive = (name: string): boolean => /\.(?:tgz|tar\.gz|tar)$/.test(name);
const isWanted = (name: string): boolean => isText(name) || isArchive(name) || name.endsWith('.deb');

/**
Reads charts (a folder or a `.tgz`), manifests, applications, Debian packages and ISOs, and what is in them. Nothing is
run that comes out of them. An ISO is read by bsdtar, a package by dpkg-deb.

@param files absolute; folders are read with all that is below them.
@throws BuildError STX0644 for a file that is none of these, STX0901 when a program is missing, and those of archives that nobody should unpack.
*/
export async function reportImages(files: readonly string[], effects: ReportEffects): Promise<ImageReport> {
	const images: ReportedImage[] = [];
	const notes: string[] = [];
	let texts = 0;

	async function scan(file: string, shown: string, depth: number): Promise<void> {
		effects.signal.throwIfAborted();
		if (depth > deepest) {
			notes.push(`${shown}: not read: it is in ${deepest} archives`);
		} else if (isText(file) || /\.ya?ml$/.test(shown)) {
			scanText(await readFile(file, 'utf8'), shown);
		} else if (file.endsWith('.deb')) {
			await unpacked(file, unpackDeb, async folder => scanFolder(path.join(folder, 'data'), `${shown}!`, depth + 1));
		} else if (file.endsWith('.iso')) {
			await unpacked(file, unpackIso, async folder => scanIso(folder, shown));
		} else if (isArchive(file)) {
			await scanArchive(file, shown, depth);
		} else {
			throw new BuildError('STX0644', `\`${shown}\` is neither a chart nor a package nor an ISO`, {hint: 'name a folder, or a file that ends in .yaml, .tgz, .deb or .iso'});
		}
	}

	function scanText(text: string, shown: string): void {
		const found = parseAskedImages(text);
		texts += 1;
		if (found) {
			images.push(...found.map(image => ({...image, in: shown})));
		} else if (!text.includes('{{')) {
			notes.push(`${shown}: not read: it is not YAML`);
		}
	}

	async function scanFolder(folder: string, before: string, depth: number): Promise<void> {
		// No link is followed: it may lead anywhere, also back to here.
		const entries = await readdir(folder, {withFileTypes: true, recursive: true});
		const names = entries.filter(entry => entry.isFile()).map(({parentPath, name}) => path.relative(folder, path.join(parentPath, name)));
		for (const name of names.filter(name => isWanted(name)).toSorted()) {
			await scan(path.join(folder, name), `${before}${name}`, depth);
		}
	}

	async function scanArchive(file: string, shown: string, depth: number): Promise<void> {
		const members = await readMembers(file, name => isWanted(name));
		const inner = [...members].toSorted(([a], [b]) => a < b ? -1 : 1);
		for (const [name, bytes] of inner) {
			if (isText(name)) {
				scanText(bytes.toString('utf8'), `${shown}!${name}`);
			} else {
				await withTemporaryFolder('report', async folder => {
					const place = path.join(folder, path.posix.basename(name));
					await writeFile(place, bytes);
					await scan(place, `${shown}!${name}`, depth + 1);
				});
			}
		}
	}

	async function scanIso(folder: string, shown: string): Promise<void> {
		await scanFolder(folder, `${shown}!`, 1);
		if (await exists(path.join(folder, 'ostree_repo', 'config'))) {
			notes.push(`${shown}: its ostree_repo was not read: check the branch starlingx out with \`ostree checkout\`, and name that folder`);
		}
	}

	async function unpacked(file: string, unpack: typeof unpackDeb, use: (folder: string) => Promise<void>): Promise<void> {
		await withTemporaryFolder('report', async folder => {
			await unpack(file, folder, effects);
			await use(folder);
		});
	}

	for (const file of files) {
		const found = await lstat(file).catch(() => undefined);
		if (!found) {
			throw new BuildError('STX0644', `\`${file}\` does not exist`, {hint: 'name a chart, a package, an ISO or a folder of them'});
		}

		const shown = path.basename(file);
		await (found.isDirectory() ? scanFolder(file, `${shown}/`, 0) : scan(file, shown, 0));
	}

	return {images, texts, notes};
}

/** Files that may tell something, as tar and bsdtar name them. */
const patterns = ['*.yaml', '*.yml', '*.tgz', '*.tar.gz', '*.deb'] as const;

async function unpackDeb(file: string, folder: string, effects: ReportEffects): Promise<void> {
	const {run, signal} = effects;
	const tar = path.join(folder, 'data.tar');
	await runChecked(run, {argv: ['dpkg-deb', '--fsys-tarfile', file], outputFile: tar}, {what: `\`${file}\` is not a .deb: dpkg-deb`, signal});
	const wanted = path.join(folder, 'data');
	await mkdir(wanted);
	await unpackMatching({argv: ['tar', '--extract', '--file', tar, '--directory', wanted, '--no-same-owner', '--no-same-permissions', '--wildcards', ...patterns]}, file, effects);
	await rm(tar);
}

async function unpackIso(file: string, folder: string, effects: ReportEffects): Promise<void> {
	const includes = [...patterns, '*ostree_repo/config'].flatMap(pattern => ['--include', pattern]);
	await unpackMatching({argv: ['bsdtar', '-x', '-f', file, '-C', folder, '--no-same-owner', '--no-same-permissions', ...includes]}, file, effects);
}

/** That a pattern fits nothing is no failure, though both programs end as if it were. */
async function unpackMatching(command: Command, file: string, {run, signal}: ReportEffects): Promise<void> {
	const {exitCode, output} = await run(command, {signal});
	const said = output.split('\n').filter(line => !/^$|: Not found in archive$|: Exiting with failure status|: Error exit delayed/.test(line));
	if (exitCode !== 0 && (said.length > 0 || output === '')) {
		throw new BuildError('STX0644', `\`${file}\` cannot be unpacked: ${said[0] ?? `exit code ${exitCode}`}`);
	}
}
