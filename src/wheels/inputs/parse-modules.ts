/** wheels/modules.ini, the list of local modules: in folders, and at commits of git repositories. */
import {BuildError, collect, throwProblems} from '../../errors.js';
import {isCommitId, parseGitUrl} from '../../git-url.js';
import {maskSecrets} from '../../mask-secrets.js';
import {canonicalVersion, type NormalizedName} from '../../python/index.js';
import {readIni, type IniFile} from '../../workspace/index.js';
import type {GitModule} from './inputs.js';
import {
	namedSections, nameOfSection, sectionReader, type At,
} from './parse-section.js';

/** A local module as its section says it; what is left out is read from the module's own files. */
export type ModuleEntry = {
	readonly name: NormalizedName;
	/** As written: absolute, relative to the file, or below `$MY_REPO`. */
	readonly path: string;
	readonly version?: string;
	readonly requires?: readonly string[];
	readonly buildRequires?: readonly string[];
	readonly at: At;
	readonly pathAt: At;
};

export type ModuleEntries = {
	readonly folders: readonly ModuleEntry[];
	readonly git: readonly GitModule[];
};

type Read = ReturnType<typeof sectionReader>;
type Note = (message: string, at: At, hint?: string) => void;

/**
@param file name for messages.
@throws BuildError STX0406 with all that is wrong; STX0101 and STX0103 from the ini reader.
*/
export const parseModules = (text: string, file: string): ModuleEntries => readIni(text, file, ini => readEntries(ini));

function readEntries(ini: IniFile): ModuleEntries {
	const {file} = ini;
	const problems: BuildError[] = [];
	const note: Note = (message, at, hint) => {
		problems.push(new BuildError('STX0406', message, {at, ...(hint !== undefined && {hint})}));
	};

	const folders = new Map<NormalizedName, ModuleEntry>();
	const git = new Map<NormalizedName, GitModule>();
	for (const [header, section] of namedSections(ini, problems)) {
		const at = {file, line: section.line};
		const read = sectionReader(section, header, file, problems);
		const name = collect(problems, () => nameOfSection(header, at));
		const path = read.text('path');
		const repository = readRepository(read, {header, at, path}, note);
		const version = read.text('version');
		const requires = read.requirements('requires');
		const buildRequires = read.requirements('build-requires');
		const overrides = read.requirements('overrides') ?? [];
		const pathAt = read.at('path');
		read.end();
		if (version !== undefined && !isVersion(version)) {
			note(`\`${version}\` is not a version`, read.at('version'), 'see PEP 440: `1.0.5`, `1.0.5.post3`');
		}

		if (overrides.length > 0 && !repository) {
			note(`[${header}] has \`overrides\`, which only a module with \`git\` can have`, read.at('overrides'), 'list the distribution in the wheel list');
		}

		const earlier = name === undefined ? undefined : folders.get(name) ?? git.get(name);
		if (earlier) {
			problems.push(new BuildError('STX0406', `module \`${name!}\` is listed twice`, {at: [earlier.at, at], hint: 'keep one of the two sections'}));
			continue;
		}

		const said = {...(version !== undefined && {version}), ...(requires && {requires}), ...(buildRequires && {buildRequires})};
		if (name !== undefined && repository) {
			git.set(name, {
				name, ...repository, ...said, overrides, at,
			});
		} else if (name !== undefined && path !== undefined) {
			folders.set(name, {
				name, path, ...said, at, pathAt,
			});
		}
	}

	throwProblems(problems);
	return {folders: [...folders.values()], git: [...git.values()]};
}

/** Where a section's git repository is; undefined for a module in a folder, or when it is wrong. */
function readRepository(read: Read, {header, at, path}: {readonly header: string; readonly at: At; readonly path: string | undefined}, note: Note): Pick<GitModule, 'url' | 'commit' | 'subfolder'> | undefined {
	const url = read.text('git');
	const commit = read.text('commit');
	const subfolder = read.text('subfolder') ?? '';
	if (url === undefined) {
		if (path === undefined) {
			note(`module [${header}] has neither \`path\` nor \`git\``, at, 'add `path = FOLDER`, the folder with pyproject.toml or setup.py, or `git = URL` and `commit = ID`');
		}

		for (const key of ['commit', 'subfolder'].filter(item => read.has(item))) {
			note(`\`${key}\` goes with \`git\`, which [${header}] does not have`, read.at(key));
		}

		return undefined;
	}

	if (path !== undefined) {
		note(`[${header}] has both \`path\` and \`git\``, read.at('git'), 'keep one of the two');
	}

	if (maskSecrets(url) !== url) {
		note(`\`${maskSecrets(url)}\` has a user name or a password`, read.at('git'), 'take it out: the lock would show it; git asks its credential helpers');
	}

	const problems: BuildError[] = [];
	const address = collect(problems, () => parseGitUrl(url, read.at('git')));
	for (const {message, hint} of problems) {
		note(maskSecrets(message), read.at('git'), hint);
	}

	if (commit === undefined) {
		note(`module [${header}] has no \`commit\``, at, 'add `commit = ID`, the whole id of the commit to build');
	} else if (!isCommitId(commit)) {
		note(`\`${commit}\` is not the whole id of a commit`, read.at('commit'), `a tag or a branch can move; \`git ls-remote ${maskSecrets(url)} ${commit}\` tells its commit`);
	}

	if (subfolder.startsWith('/') || subfolder.split('/').includes('..')) {
		note(`\`${subfolder}\` leaves the repository`, read.at('subfolder'));
	}

	return address === undefined || commit === undefined ? undefined : {url: address, commit, subfolder: subfolder.replaceAll(/^\.\/?|\/+$/gv, '')};
}

function isVersion(version: string): boolean {
	try {
		canonicalVersion(version);
		return true;
	} catch {
		return false;
	}
}
