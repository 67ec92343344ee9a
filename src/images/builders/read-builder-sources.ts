/** Reads what the builders docker and script are given. */
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {BuildError, throwProblems} from '../../errors.js';
import {parseGitUrl} from '../../git-url.js';
import type {Store} from '../../plan/index.js';
import {digestOfFile, knownDigest, readText} from '../../system/index.js';
import {findConfig, type ConfigFolders} from '../../workspace/index.js';
import {
	locationOf, valueOf, wordsOf, type Directive, type DirectiveKey,
} from '../directives/directive.js';
import type {PlannedFile} from '../image-steps.js';
import type {
	BuilderSource, BuilderSources, PlaceInRepository, WantedTree,
} from './builder-source.js';
import {digestOfContext, listContext} from './context-tree.js';

/** What StarlingX's tools take where a directive names no ref. */
const usualRef = 'master';

/**
Reads Dockerfiles, contexts, scripts and patches of the images that are not built with LOCI.

@throws BuildError STX0604, STX0607, STX0915: all that is wrong with any of them.
*/
export async function readBuilderSources(folders: ConfigFolders, directives: readonly Directive[], store: Store): Promise<BuilderSources> {
	const {builders, problems} = await gatherBuilderSources(folders, directives, store);
	throwProblems(problems);
	return builders;
}

type Gathered = {readonly builders: BuilderSources; readonly problems: readonly BuildError[]};

/** As `readBuilderSources`, with what is wrong beside those that can be read. */
export async function gatherBuilderSources(folders: ConfigFolders, directives: readonly Directive[], store: Store): Promise<Gathered> {
	const problems: BuildError[] = [];
	const sources = new Map<string, BuilderSource>();
	for (const directive of directives.filter(({builder}) => builder !== 'loci')) {
		try {
			sources.set(directive.label, await readSource(directive, store));
		} catch (error) {
			if (!(error instanceof BuildError)) {
				throw error;
			}

			problems.push(error);
		}
	}

	return {builders: {sources, postbuild: await readOwn(folders, 'postbuild.sh'), tester: await readOwn(folders, 'try-image.sh')}, problems};
}

async function readOwn(folders: ConfigFolders, name: string): Promise<PlannedFile> {
	const file = await findConfig(folders, `build-config/builders/${name}`);
	if (file === undefined) {
		throw new BuildError('STX0608', `there is no build-config/builders/${name}`, {at: {file: path.join(folders.roots.at(-1)!, 'build-config/builders')}, hint: 'install stx-build again: its own folder has it'});
	}

	return {name: file, digest: await digestOfFile(file)};
}

async function readSource(directive: Directive, store: Store): Promise<BuilderSource> {
	if (directive.verify.service) {
		throw new BuildError('STX0604', `\`${directive.label}\` is built with \`${directive.builder}\`, and its [verify] asks a service`, {at: [locationOf(directive, 'BUILDER'), {file: directive.verifyFile ?? directive.file}], hint: 'write commands with setup[]: the service of an image that is not built with LOCI is not asked'});
	}

	if (directive.builder === 'script') {
		return readScript(directive);
	}

	return valueOf(directive, 'DOCKER_REPO') === '' ? readFolder(directive, store) : readRepository(directive);
}

/** A path that is meant from the folder of the directive file, as StarlingX has it: one that begins with a slash too. */
const besideOf = ({file}: Directive, relative: string): string => path.join(path.dirname(path.resolve(file)), relative);

async function readFolder(directive: Directive, store: Store): Promise<BuilderSource> {
	const named = valueOf(directive, 'DOCKER_CONTEXT');
	const context = besideOf(directive, named === '' ? 'docker' : named);
	const file = valueOf(directive, 'DOCKER_FILE');
	const dockerfile = file === '' ? path.join(context, 'Dockerfile') : besideOf(directive, file);
	const problems: BuildError[] = [];
	for (const key of ['DOCKER_REF', 'DOCKER_PATCHES'] as const) {
		if (valueOf(directive, key) !== '') {
			problems.push(new BuildError('STX0604', `\`${key}\` says something of a repository, and there is no \`DOCKER_REPO\``, {at: locationOf(directive, key), hint: `add DOCKER_REPO, or remove ${key}`}));
		}
	}

	if (!await isThere(context, 'folder')) {
		problems.push(new BuildError('STX0604', `there is no folder \`${context}\` for the build of \`${directive.label}\``, {at: locationOf(directive, 'DOCKER_CONTEXT'), hint: 'DOCKER_CONTEXT is meant from the folder of the directive file; without it that is `docker`'}));
	}

	if (!await isThere(dockerfile, 'file')) {
		problems.push(new BuildError('STX0604', `there is no Dockerfile \`${dockerfile}\` for \`${directive.label}\``, {at: locationOf(directive, 'DOCKER_FILE'), hint: 'DOCKER_FILE is meant from the folder of the directive file; without it that is `Dockerfile` in the context'}));
	}

	throwProblems(problems);
	const at = locationOf(directive, 'DOCKER_CONTEXT');
	const entries = await listContext(context, {at, digestOf: async found => knownDigest(found, store)});
	return {
		kind: 'folder', context, digest: digestOfContext(entries), dockerfile: {name: dockerfile, digest: await digestOfFile(dockerfile)}, text: await readText(dockerfile),
	};
}

async function readRepository(directive: Directive): Promise<BuilderSource> {
	const place = placeInRepository(directive);
	const tree = await readTree(directive, {repo: 'DOCKER_REPO', ref: 'DOCKER_REF', patches: 'DOCKER_PATCHES'});
	const texts = await Promise.all(tree.patches.map(async ({name}) => readText(name)));
	return {
		kind: 'repository', tree, takesWheels: texts.some(text => /^\+\s*arg\s+wheels\b/imv.test(text)), ...(place && {place}),
	};
}

/**
Where in the repository the context and the Dockerfile are. StarlingX's tools look at neither key where there is a
DOCKER_REPO, and take whichever Dockerfile they find first; this is ours.

@throws BuildError STX0604 for a path that leaves the repository.
*/
function placeInRepository(directive: Directive): PlaceInRepository | undefined {
	const [context, dockerfile] = (['DOCKER_CONTEXT', 'DOCKER_FILE'] as const).map(key => {
		const value = path.posix.normalize(valueOf(directive, key)).replace(/\/$/v, '');
		if (path.posix.isAbsolute(value) || value.split('/').includes('..')) {
			throw new BuildError('STX0604', `\`${key}\` is \`${value}\`, which leaves the repository`, {at: locationOf(directive, key), hint: 'with DOCKER_REPO, it is meant from the top of the repository'});
		}

		return value;
	}) as [string, string];
	if (context === '.' && dockerfile === '.') {
		return undefined;
	}

	return {context, dockerfile: dockerfile === '.' ? path.posix.join(context, 'Dockerfile') : dockerfile};
}

async function readScript(directive: Directive): Promise<BuilderSource> {
	const place = path.posix.normalize(valueOf(directive, 'SCRIPT'));
	const script = besideOf(directive, place);
	if (place.startsWith('..') || !await isThere(script, 'file')) {
		throw new BuildError('STX0604', `there is no script \`${script}\` for \`${directive.label}\``, {at: locationOf(directive, 'SCRIPT'), hint: 'SCRIPT names a file in the folder of the directive file'});
	}

	return {
		kind: 'script', tree: await readTree(directive, {repo: 'SOURCE_REPO', ref: 'SOURCE_REF', patches: 'SOURCE_PATCHES'}), place: place.replace(/^\/+/v, ''), script: {name: script, digest: await digestOfFile(script)},
	};
}

async function readTree(directive: Directive, keys: Readonly<Record<'repo' | 'ref' | 'patches', DirectiveKey>>): Promise<WantedTree> {
	const at = locationOf(directive, keys.repo);
	const files = wordsOf(directive, keys.patches).map(name => besideOf(directive, name));
	const missing = await Promise.all(files.map(async file => await isThere(file, 'file') ? [] : [new BuildError('STX0604', `there is no patch \`${file}\` for \`${directive.label}\``, {at: locationOf(directive, keys.patches), hint: `${keys.patches} is meant from the folder of the directive file`})]));
	throwProblems(missing.flat());
	const ref = valueOf(directive, keys.ref);
	return {
		url: parseGitUrl(valueOf(directive, keys.repo), at), ref: ref === '' ? usualRef : ref, at, patches: await Promise.all(files.map(async name => ({name, digest: await digestOfFile(name)}))),
	};
}

const isThere = async (file: string, kind: 'file' | 'folder'): Promise<boolean> => stat(file).then(found => kind === 'file' ? found.isFile() : found.isDirectory(), () => false);
