/** The package repositories of StarlingX in a base image: which there are, and the files that apt reads. Pure. */
import {BuildError, collect, throwProblems} from '../errors.js';
import {
	formatRepository, isTrusted, parseRepository, type AptRepository, type NamedAt,
} from './parse-repository.js';

/** The key that repositories are signed with: a file of OpenPGP certificates. */
export type RepositoryKey = {readonly file: string; readonly digest: `sha256:${string}`; readonly armored: boolean};

export type RepositoriesRequest = {
	readonly codename: string;
	/** Where StarlingX's repositories are published: REPOMGR_DEPLOY_URL. Undefined where none are. */
	readonly publishUrl: string | undefined;
	/** What their release files say they come from: REPOMGR_ORIGIN. */
	readonly origin: string | undefined;
	/** Lines of sources.list that are there in place of StarlingX's repositories. */
	readonly repos: ReadonlyArray<NamedAt & {readonly line: string}>;
	/** Build layers of the checkout, sorted. */
	readonly layers: readonly string[];
	readonly key: RepositoryKey | undefined;
	/** Whether repositories without a signature are taken. */
	readonly trusted: boolean;
};

export type BaseRepositories = {
	/** Those of stx.list, which are used for the image. */
	readonly stx: readonly AptRepository[];
	/** Of each build layer, which images switch on with DIST_REPOS. */
	readonly layers: ReadonlyArray<{readonly name: string; readonly repository: AptRepository}>;
	readonly origin: string | undefined;
	readonly key: RepositoryKey | undefined;
};

/** The parts that StarlingX's repository manager publishes, in the order of its list. */
const published = ['deb-local-binary-containers', 'deb-local-binary', 'deb-local-build'];

/**
The repositories as build-stx-base.sh has them: those that are named, else the three that StarlingX publishes; and one
for each build layer.

@returns undefined where there are none.
@throws BuildError STX0505 for lines that are none, and for repositories whose signatures could not be verified.
*/
export function planRepositories({codename, publishUrl, origin, repos, layers, key, trusted}: RepositoriesRequest): BaseRepositories | undefined {
	if (publishUrl === undefined && repos.length === 0) {
		return undefined;
	}

	const problems: BuildError[] = [];
	const publish = (name: string): AptRepository => ({
		type: 'deb', options: [], url: `${publishUrl!.replace(/\/+$/v, '')}/${name}`, suite: codename, components: ['main'],
	});
	const named = repos.flatMap(repo => {
		const repository = collect(problems, () => parseRepository(repo.line, repo));
		return repository ? [{repository, from: repo.from}] : [];
	});
	const stx = named.length > 0 || repos.length > 0 ? named : published.map(name => ({repository: publish(name), from: '--repomgr-publish-url'}));
	const ofLayers = publishUrl === undefined ? [] : layers.map(name => ({name, repository: publish(`deb-local-binary-${name}`), from: '--repomgr-publish-url'}));
	const secure = ({repository, from}: {readonly repository: AptRepository; readonly from: string}): AptRepository => {
		const isSigned = repository.options.some(([name]) => name === 'signed-by');
		if (isTrusted(repository) && !trusted) {
			problems.push(new BuildError('STX0505', `\`${repository.url}\` (from ${from}) is to be trusted without a signature`, {hint: 'remove trusted=yes and name the key with --repo-key, or add --trust-unsigned-repos'}));
		} else if (!isTrusted(repository) && !isSigned && key === undefined && !trusted) {
			problems.push(new BuildError('STX0505', `nobody says which key \`${repository.url}\` (from ${from}) is signed with`, {hint: 'name it with --repo-key, or take the repository without a signature with --trust-unsigned-repos'}));
		}

		if (isTrusted(repository) || isSigned) {
			return repository;
		}

		return {...repository, options: [...repository.options, key === undefined ? ['trusted', 'yes'] : ['signed-by', keyPath(key)]]};
	};

	const planned: BaseRepositories = {
		stx: stx.map(item => secure(item)), layers: ofLayers.map(({name, ...item}) => ({name, repository: secure(item)})), origin, key,
	};
	throwProblems(problems);
	return planned;
}

/** Where the image has the key. */
export const keyPath = ({armored}: Pick<RepositoryKey, 'armored'>): string => `/usr/share/keyrings/stx-build-repositories.${armored ? 'asc' : 'gpg'}`;

/** The priority of StarlingX's packages: before those of everybody else, also where that is a step back. */
const priority = 999;

/**
The files below / that apt reads, as build-stx-base.sh makes them.

@param debian the lines of Debian's own repositories, which images switch on with DIST_REPOS="OS".
*/
export function formatAptFiles({stx, layers, origin}: BaseRepositories, debian: readonly string[]): Readonly<Record<string, string>> {
	const lists = 'etc/apt/sources.list.d';
	const text = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('');
	const stxList = text(stx.map(repository => formatRepository(repository)));
	return {
		'etc/apt/apt.conf.d/80-retries': 'Acquire::Retries "3";\n',
		'etc/apt/sources.list': '# See sources.list.d: stx.list is in use; what ends in .disabled is switched on with DIST_REPOS.\n',
		[`${lists}/debian.list.disabled`]: text(debian),
		[`${lists}/stx.list`]: stxList,
		[`${lists}/stx.list.disabled`]: stxList,
		...Object.fromEntries(layers.map(({name, repository}) => [`${lists}/${name}.list.disabled`, text([formatRepository(repository)])])),
		...(origin !== undefined && {'etc/apt/preferences.d/stx': `Explanation: Prefer StarlingX repos over anything else\nPackage: *\nPin: release o=${origin}\nPin-Priority: ${priority}\n`}),
	};
}

/** The lines of the repositories that the packages of the image come from, for an apt that runs on this machine. */
export function planHostSources({stx, key}: BaseRepositories): readonly string[] {
	return stx.map(repository => formatRepository({
		...repository, options: repository.options.map(([name, value]) => name === 'signed-by' && key !== undefined && value === keyPath(key) ? [name, key.file] : [name, value]),
	}));
}

/** The repositories that are taken without a signature: what the record says of them. */
export function trustedOnes({stx, layers}: BaseRepositories): readonly string[] {
	return [...stx, ...layers.map(({repository}) => repository)].filter(repository => isTrusted(repository)).map(({url}) => url);
}
