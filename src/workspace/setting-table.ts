/** What can be set, and under which names: the one table behind options, variables, files and `config show`. */
import type {Settings} from './settings.js';

export type SettingName = keyof Settings;

export type SettingDefinition = {
	/** Section and key in build-config/stx-build.ini. */
	readonly section: 'target' | 'engine' | 'images' | 'sources' | 'run';
	readonly key: string;
	/** The option; StarlingX's name where it has one. */
	readonly option: string;
	/** Other names of the option. */
	readonly aliases?: readonly string[];
	/** Environment variables, the first that is set counts. */
	readonly environment?: readonly string[];
	/** Environment variables that are set on every machine, and give no more than the default. */
	readonly defaultFrom?: readonly string[];
	readonly meaning: string;
	readonly kind: 'text' | 'choice' | 'url' | 'file' | 'folder' | 'repository' | 'count' | 'flag';
	readonly choices?: readonly string[];
	/** The smallest count; 1 where it is not said. */
	readonly least?: 0;
	/** Whether an empty option takes the default away: there is a value that says nothing. */
	readonly mayBeEmpty?: true;
	/** Whether it is the address of a host and nothing else. */
	readonly isHost?: true;
	/** What a text must look like, with the words for the message. */
	readonly pattern?: {readonly matches: RegExp; readonly words: string};
};

/** A part of an image reference or of a file name. */
const nameLike = {matches: /^[a-z0-9][a-z0-9._\-]*$/v, words: 'lower-case letters, digits, `.`, `_` and `-`'};
const repositoryLike = {matches: /^[a-z0-9][a-z0-9._\-]*(?:\/[a-z0-9][a-z0-9._\-]*)*$/v, words: 'lower-case letters, digits, `.`, `_`, `-` and `/`'};
const refLike = {matches: /^[\w.\/\-]+$/v, words: 'letters, digits, `.`, `_`, `-` and `/`'};
const tagLike = {matches: /^\w[\w.\-]*$/v, words: 'letters, digits, `.`, `_` and `-`'};
const originLike = {matches: /^[\w.\- ]+$/v, words: 'letters, digits, `.`, `_`, `-` and blanks'};
const registryLike = {matches: /^[\w.\-]+(?::\d+)?$/v, words: 'a host with an optional port'};
const registriesLike = {matches: /^[\w.\-]+(?::\d+)?(?:[\s,]+[\w.\-]+(?::\d+)?)*$/v, words: 'hosts with optional ports, with commas between them'};

export const settingTable: Readonly<Record<SettingName, SettingDefinition>> = {
	os: {
		section: 'target', key: 'os', option: '--os', meaning: 'operating system of the images', kind: 'text', pattern: nameLike,
	},
	codename: {
		section: 'target', key: 'codename', option: '--os-codename', environment: ['DEBIAN_DISTRIBUTION'], meaning: 'release of the operating system', kind: 'text', pattern: nameLike,
	},
	arch: {
		section: 'target', key: 'arch', option: '--os-arch', meaning: 'architecture, by its Debian name', kind: 'choice', choices: ['amd64', 'arm64'],
	},
	stream: {
		section: 'target', key: 'stream', option: '--stream', aliases: ['--release'], meaning: 'build stream', kind: 'choice', choices: ['stable', 'dev'],
	},
	engine: {
		section: 'engine', key: 'engine', option: '--engine', meaning: 'container engine; auto takes the one that answers', kind: 'choice', choices: ['auto', 'docker', 'podman', 'buildah'],
	},
	registry: {
		section: 'images', key: 'registry', option: '--registry', meaning: 'registry that images are named for and pushed to', kind: 'text', pattern: registryLike, isHost: true,
	},
	insecureRegistries: {
		section: 'images', key: 'insecure-registries', option: '--insecure-registries', meaning: 'registries that stx-build may ask without TLS, or whatever their certificate: hosts with ports, comma-separated; engines have settings of their own for it', kind: 'text', pattern: registriesLike,
	},
	user: {
		section: 'images', key: 'user', option: '--user', defaultFrom: ['USER', 'LOGNAME'], meaning: 'name space of the images (default: $USER, else $LOGNAME, else stx-build)', kind: 'text', pattern: repositoryLike,
	},
	localUser: {
		section: 'images', key: 'local-user', option: '--local-user', defaultFrom: ['USER', 'LOGNAME'], meaning: 'name space of what is built and not pushed (default: $USER, else $LOGNAME, else that of --user)', kind: 'text', pattern: repositoryLike,
	},
	prefix: {
		section: 'images', key: 'prefix', option: '--prefix', meaning: 'first word of the tags; empty for none', kind: 'text', pattern: tagLike, mayBeEmpty: true,
	},
	latestPrefix: {
		section: 'images', key: 'latest-prefix', option: '--latest-prefix', meaning: 'first word of the latest tags, where it differs', kind: 'text', pattern: tagLike, mayBeEmpty: true,
	},
	osLabel: {
		section: 'images', key: 'os-label', option: '--os-label', meaning: 'name of the target in tags and records', kind: 'text', pattern: tagLike,
	},
	dialect: {
		section: 'images', key: 'dialect', option: '--dialect', meaning: 'which LOCI contract builds the images', kind: 'choice', choices: ['pinned', 'current', 'builtin'],
	},
	loci: {
		section: 'images', key: 'loci', option: '--loci', meaning: 'where LOCI is: a git repository, or a folder; it is never changed', kind: 'repository',
	},
	lociRef: {
		section: 'images', key: 'loci-ref', option: '--loci-ref', meaning: 'commit, branch or tag of LOCI (default: the commit that the dialect is made for)', kind: 'text', pattern: refLike,
	},
	index: {
		section: 'sources', key: 'index', option: '--index', meaning: 'simple API of the Python package index', kind: 'url',
	},
	debianMirror: {
		section: 'sources', key: 'debian-mirror', option: '--debian-mirror', environment: ['DEBIAN_SNAPSHOT'], meaning: 'mirror of Debian packages', kind: 'url',
	},
	debianSecurityMirror: {
		section: 'sources', key: 'debian-security-mirror', option: '--debian-security-mirror', environment: ['DEBIAN_SECURITY_SNAPSHOT'], meaning: 'mirror of Debian security updates', kind: 'url',
	},
	repomgrUrl: {
		section: 'sources', key: 'repomgr-publish-url', option: '--repomgr-publish-url', environment: ['REPOMGR_DEPLOY_URL'], meaning: 'where StarlingX\'s package repositories are published, for the base image', kind: 'url',
	},
	repomgrOrigin: {
		section: 'sources', key: 'repomgr-origin', option: '--repomgr-origin', environment: ['REPOMGR_ORIGIN'], meaning: 'origin of these repositories, whose packages come before all others', kind: 'text', pattern: originLike,
	},
	repoKey: {
		section: 'sources', key: 'repo-key', option: '--repo-key', meaning: 'key that the package repositories of the base image are signed with', kind: 'file',
	},
	trustRepos: {
		section: 'sources', key: 'trust-unsigned-repos', option: '--trust-unsigned-repos', meaning: 'take package repositories of the base image without a signature, as StarlingX does', kind: 'flag',
	},
	caBundle: {
		section: 'sources', key: 'ca-bundle', option: '--ca-bundle', environment: ['SSL_CERT_FILE'], meaning: 'certificates to trust, mounted for the time of a build', kind: 'file',
	},
	httpProxy: {
		section: 'sources', key: 'http-proxy', option: '--http_proxy', aliases: ['--http-proxy', '--proxy'], environment: ['http_proxy', 'HTTP_PROXY'], meaning: 'proxy for http', kind: 'url', isHost: true,
	},
	httpsProxy: {
		section: 'sources', key: 'https-proxy', option: '--https_proxy', aliases: ['--https-proxy'], environment: ['https_proxy', 'HTTPS_PROXY'], meaning: 'proxy for https', kind: 'url', isHost: true,
	},
	noProxy: {
		section: 'sources', key: 'no-proxy', option: '--no_proxy', aliases: ['--no-proxy'], environment: ['no_proxy', 'NO_PROXY'], meaning: 'hosts reached without a proxy', kind: 'text', mayBeEmpty: true,
	},
	workspace: {
		section: 'run', key: 'workspace', option: '--workspace', environment: ['MY_WORKSPACE'], meaning: 'folder of the results', kind: 'folder',
	},
	repo: {
		section: 'run', key: 'repo', option: '--my-repo', environment: ['MY_REPO'], meaning: 'StarlingX\'s cgcs-root', kind: 'folder',
	},
	cache: {
		section: 'run', key: 'cache', option: '--cache-dir', environment: ['STX_BUILD_CACHE'], meaning: 'folder of the store', kind: 'folder',
	},
	jobs: {
		section: 'run', key: 'jobs', option: '--jobs', aliases: ['-j'], meaning: 'processors that builds may use together', kind: 'count',
	},
	memory: {
		section: 'run', key: 'memory', option: '--memory', meaning: 'memory that builds may use together, in GiB', kind: 'count',
	},
	buildTimeout: {
		section: 'run', key: 'build-timeout', option: '--build-timeout', meaning: 'minutes after which the build of a wheel is ended', kind: 'count',
	},
	attempts: {
		section: 'run', key: 'attempts', option: '--attempts', meaning: 'how often a build, a pull or a push that the network broke is tried in all', kind: 'count',
	},
	retryDelay: {
		section: 'run', key: 'retry-delay', option: '--retry-delay', meaning: 'seconds between two attempts', kind: 'count', least: 0,
	},
	offline: {
		section: 'run', key: 'offline', option: '--offline', meaning: 'ask neither the package index nor git hosts nor Debian\'s mirrors: what is needed must be on this machine', kind: 'flag',
	},
};

export const settingNames = Object.keys(settingTable) as readonly SettingName[];
