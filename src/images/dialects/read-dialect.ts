import {readdir, stat} from 'node:fs/promises';
import path from 'node:path';
import {Readable} from 'node:stream';
import {BuildError, throwProblems} from '../../errors.js';
import {parseGitUrl} from '../../git-url.js';
import type {Store} from '../../plan/index.js';
import {digestOfFile, fileError, readText} from '../../system/index.js';
import {findConfig, type ConfigFolders, type Settings} from '../../workspace/index.js';
import {parseDockerfileArguments} from '../dockerfile/parse-dockerfile-arguments.js';
import type {PinnedSource, SourceWanted} from '../sources/index.js';
import {deriveDockerfile} from './derive-dockerfile.js';
import type {DialectData, DialectFile} from './dialect.js';
import {chooseLoci} from './loci-choice.js';
import {parseDialect, type LociContract} from './parse-dialect.js';
import {parsePackageTable} from './parse-package-table.js';
import {readLoci, type LociEffects, type LociTree} from './read-loci.js';
import {renamePackages} from './rename-packages.js';

export type DialectEffects = LociEffects & {
	/** From the branch or tag of LOCI that is asked for to its commit. */
	pin(wanted: SourceWanted): Promise<PinnedSource>;
};

const verifier = 'verify.py';
/** What all dialects have. */
const sharedFiles = ['steps.sh', 'take_wheel.py'] as const;
/** What dialects are made from, and no image is built with. */
const recipes = new Set(['dialect.ini', 'Dockerfile.part']);

/**
Reads a dialect: its own files, and for those of LOCI the Dockerfile that is derived from LOCI's.

@throws BuildError STX0608 when one of its files is missing or wrong; STX0615 when LOCI is not as the dialect knows it;
STX0911, STX0912, STX0306 when LOCI cannot be had.
*/
export async function readDialect(folders: ConfigFolders, settings: Pick<Settings, 'dialect' | 'loci' | 'lociRef'>, effects: DialectEffects): Promise<DialectData> {
	const name = settings.dialect;
	const [shared, own] = await Promise.all([findFolder(folders, 'build-config/loci', 'steps.sh'), findFolder(folders, `build-config/loci/${name}`, 'toolchain.txt')]);
	const files = [
		...await Promise.all(sharedFiles.map(async file => describeFile(shared, file))),
		...await Promise.all((await listFiles(own)).filter(file => !recipes.has(file)).map(async file => describeFile(own, file))),
	];
	const table = async (file: string) => parsePackageTable(await readText(path.join(own, file)), path.join(own, file));
	const common = {
		name, toolchain: await table('toolchain.txt'), verifier: {file: path.join(shared, verifier), digest: await digestOfFile(path.join(shared, verifier))},
	};
	if (name === 'builtin') {
		return {
			...common, files: sorted(files), arguments: parseDockerfileArguments(await readText(path.join(own, 'Dockerfile'))), pydep: await table('pydep.txt'), pydepProfiles: [], pydepForInfra: true,
		};
	}

	const contract = parseDialect(await readText(path.join(own, 'dialect.ini')), path.join(own, 'dialect.ini'));
	const loci = await bringLoci(settings, contract, effects).catch((error: unknown) => {
		throw withWayOut(error);
	});
	refuseUnshadowed(files, loci);
	const dockerfile = deriveDockerfile(await loci.read('Dockerfile'), {
		instructions: contract.instructions, part: await readText(path.join(own, 'Dockerfile.part')), dialect: name,
	}, line => loci.at('Dockerfile', line));
	return {
		...common,
		files: sorted([
			...files,
			...loci.files.filter(file => file.name !== 'Dockerfile').map(file => ({...file, name: `loci/${file.name}`})),
			await storeText(effects.store, 'Dockerfile', dockerfile),
			await storeText(effects.store, 'shadow/bindep.txt', renamePackages(await loci.read('bindep.txt'), contract.renamed)),
		]),
		arguments: parseDockerfileArguments(dockerfile),
		pydep: parsePackageTable(await loci.read('pydep.txt'), 'pydep.txt of LOCI'),
		pydepProfiles: contract.pydepProfiles,
		pydepForInfra: contract.pydepForInfra,
		loci: {place: loci.place, ...(loci.commit !== undefined && {commit: loci.commit}), refused: contract.refused},
	};
}

async function bringLoci(settings: Pick<Settings, 'loci' | 'lociRef'>, {ref, files}: LociContract, effects: DialectEffects): Promise<LociTree> {
	const names = ['Dockerfile', ...files];
	const choice = chooseLoci(settings, ref);
	if (choice.kind === 'folder') {
		return readLoci({folder: choice.folder}, names, effects);
	}

	const url = parseGitUrl(choice.url);
	const {commit} = await effects.pin({url, ref: choice.ref, at: {url}});
	return readLoci({url, commit}, names, effects);
}

/** An error of git, with the way that needs no git host. */
function withWayOut(error: unknown): unknown {
	return error instanceof BuildError && ['STX0911', 'STX0306'].includes(error.code)
		? new BuildError(error.code, `LOCI cannot be had: ${error.message}`, {
			at: error.at, cause: error, hint: '`--dialect builtin` needs no git host; a folder with a checkout of LOCI can be given with --loci',
		})
		: error;
}

/** A script of ours takes the place of LOCI's: where LOCI has none of that name any more, nobody would run it. */
function refuseUnshadowed(files: readonly DialectFile[], loci: LociTree): void {
	const there = new Set(loci.files.map(({name}) => name));
	throwProblems(files.filter(({name}) => name.startsWith('shadow/')).map(({name}) => name.slice('shadow/'.length)).filter(name => !there.has(name)).map(name =>
		new BuildError('STX0615', `LOCI has no \`${name}\`, whose place stx-build's own is to take`, {at: loci.at(name), hint: 'build with the commit that the dialect is made for (leave `loci-ref` out), or with another dialect'})));
}

async function findFolder(folders: ConfigFolders, relative: string, file: string): Promise<string> {
	const found = await findConfig(folders, `${relative}/${file}`);
	if (found === undefined) {
		throw new BuildError('STX0608', `there is no ${relative}/${file}`, {at: folders.roots.map(root => ({file: path.join(root, relative)})), hint: 'install stx-build again: its own folder has it'});
	}

	return path.dirname(found);
}

async function listFiles(folder: string): Promise<readonly string[]> {
	const entries = await readdir(folder, {recursive: true, withFileTypes: true});
	return entries.filter(entry => entry.isFile() && !entry.name.startsWith('.')).map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

async function describeFile(folder: string, name: string): Promise<DialectFile> {
	const source = path.join(folder, name);
	const [digest, {mode}] = await Promise.all([digestOfFile(source), stat(source)]).catch((error: unknown) => {
		throw fileError(error, source);
	});
	return {
		name, digest, source, executable: Math.floor(mode / 0o100) % 2 === 1,
	};
}

async function storeText(store: Store, name: string, text: string): Promise<DialectFile> {
	const {digest} = await store.add(Readable.from([text]));
	return {name, digest, executable: false};
}

const sorted = (files: readonly DialectFile[]): readonly DialectFile[] => files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
