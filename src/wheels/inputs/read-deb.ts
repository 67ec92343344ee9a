/** The wheels inside .debs. dpkg-deb unpacks them, whatever they are compressed with, and runs nothing of theirs. */
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {BuildError, type SourceLocation} from '../../errors.js';
import {keyOf, type Store} from '../../plan/index.js';
import {normalizeName} from '../../python/index.js';
import {
	knownDigest, readMembers, runChecked, stateOfFile, withTemporaryFolder, type Runner,
} from '../../system/index.js';
import {storeWheel} from '../build/wheel-file.js';
import {compareDebianVersions} from './compare-debian-versions.js';
import type {FoundDeb} from './find-debs.js';
import type {LocalWheel} from './inputs.js';

export type DebEffects = {
	readonly run: Runner;
	readonly store: Store;
	/** Folder for temporary files. */
	readonly folder: string;
	readonly signal?: AbortSignal;
};

const fields = ['Package', 'Version', 'Architecture'] as const;

/** Changes when the same .deb would give something else. */
const recipe = 1;

/** What is remembered of a .deb by its digest. */
type Content = {readonly package: string; readonly version: string; readonly architecture: string; readonly wheels: ReadonlyArray<Omit<LocalWheel, 'path' | 'at'>>};

/**
Takes the wheels of a package into the store, out of its newest .deb for the architecture.

@param architecture Debian's name.
@returns undefined when none of its files is that package for the architecture.
@throws BuildError STX0431 when two files of the newest version differ; STX0416 for a wheel that is not what it is named;
STX0406 when there is no wheel in it; STX0902, STX0907, STX0910 for a file that is no .deb, or one that nobody should unpack.
*/
export async function readDeb(deb: FoundDeb, architecture: string, effects: DebEffects): Promise<readonly LocalWheel[] | undefined> {
	const contents: Array<{readonly file: string; readonly digest: string; readonly content: Content}> = [];
	for (const file of deb.files) {
		if (namesPackage(file, deb.name, architecture)) {
			const {digest, content} = await readContent(file, effects);
			if (content.package === deb.name && ['all', architecture].includes(content.architecture)) {
				contents.push({file, digest, content});
			}
		}
	}

	const [newest, ...others] = contents.toSorted((a, b) => compareDebianVersions(b.content.version, a.content.version));
	if (!newest) {
		return undefined;
	}

	const rival = others.find(({digest, content}) => digest !== newest.digest && compareDebianVersions(content.version, newest.content.version) === 0);
	if (rival) {
		throw new BuildError('STX0431', `there are two different packages \`${deb.name}\` of version ${newest.content.version}`, {at: [{file: newest.file}, {file: rival.file}, deb.at], hint: 'remove the one that is not meant'});
	}

	if (newest.content.wheels.length === 0) {
		throw new BuildError('STX0406', `the package \`${deb.name}\` has no wheels in it`, {at: [deb.at, {file: newest.file}], hint: 'take it out of the list'});
	}

	return newest.content.wheels.map(wheel => ({...wheel, path: `${newest.file}/${wheel.filename}`, at: deb.at}));
}

/** Whether a file's name is that of a package's .deb for an architecture. */
function namesPackage(file: string, name: string, architecture: string): boolean {
	const [first, version, last, ...more] = path.basename(file, '.deb').split('_');
	return first === name && version !== undefined && (last === 'all' || last === architecture) && more.length === 0;
}

async function readContent(file: string, {run, store, folder, signal}: DebEffects): Promise<{readonly digest: string; readonly content: Content}> {
	const state = await stateOfFile(file);
	const digest = await knownDigest(file, store);
	const key = keyOf({kind: 'deb.wheels', recipe, digest});
	const known = await store.result(key) as Content | undefined;
	if (known && (await Promise.all(known.wheels.map(async wheel => store.has(wheel.digest)))).every(Boolean)) {
		return {digest, content: known};
	}

	const at = {file};
	const options = {what: `\`${file}\` is not a .deb: dpkg-deb`, ...(signal && {signal})};
	const {stdout} = await runChecked(run, {argv: ['dpkg-deb', '--show', `--showformat=${fields.map(field => `\${${field}}`).join(String.raw`\t`)}`, file]}, options);
	const [name = '', version = '', architecture = ''] = stdout.split('\t');
	const wheels = await withTemporaryFolder('deb', async temporary => {
		const tar = path.join(temporary, 'data.tar');
		await runChecked(run, {argv: ['dpkg-deb', '--fsys-tarfile', file], outputFile: tar}, options);
		const members = await readMembers(tar, member => member.endsWith('.whl'));
		const found: Array<Content['wheels'][number]> = [];
		for (const [member, bytes] of members) {
			const wheel = path.join(temporary, 'wheel');
			await writeFile(wheel, bytes);
			found.push(await takeWheel(wheel, {filename: path.posix.basename(member), store, at}));
		}

		return found;
	}, folder);
	const content: Content = {
		package: name, version, architecture, wheels,
	};
	// Of a file that was changed while it was read nothing is known.
	if (await stateOfFile(file) === state) {
		await store.keep(key, content);
	}

	return {digest, content};
}

/** Takes a finished wheel into the store. @throws BuildError STX0206, STX0416 */
export async function takeWheel(file: string, {filename, store, at}: {readonly filename: string; readonly store: Store; readonly at: SourceLocation}): Promise<Omit<LocalWheel, 'path' | 'at'>> {
	const {digest, size, metadata} = await storeWheel(file, filename, store, at);
	return {
		name: normalizeName(metadata.name), version: metadata.version, filename, digest, size, requires: metadata.requiresDist,
	};
}
