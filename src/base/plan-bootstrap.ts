/** The command lines and files that make a root file system from Debian packages. */
import path from 'node:path';
import {formatAptConf, type AptSurroundings} from './format-apt-conf.js';

export type BootstrapInputs = {
	readonly codename: string;
	/** Debian's name of the architecture. */
	readonly arch: string;
	/** Lines of sources.list. */
	readonly sources: readonly string[];
	readonly packages: readonly string[];
};

/** Debian's keys: what is not signed with one of them is refused. */
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
The sources of a Debian release: the release, its updates, its security updates.

@param mirror the repository, and `securityMirror` the one of the security updates: URLs without a slash at the end.
*/
export function planSources({codename, mirror, securityMirror}: {readonly codename: string; readonly mirror: string; readonly securityMirror: string}): readonly string[] {
	return ([[mirror, codename], [mirror, `${codename}-updates`], [securityMirror, `${codename}-security`]] as const)
		.map(([url, suite]) => `deb [signed-by=${keyring}] ${url} ${suite} main`);
}

/** Folders that apt wants below its own. */
export const aptFolders = ['etc/apt/sources.list.d', 'etc/apt/apt.conf.d', 'etc/apt/preferences.d', 'var/lib/apt/lists/partial', 'var/lib/dpkg', 'var/cache/apt/archives/partial', 'var/log/apt'] as const;

/** Where apt puts release files, below its folder. */
export const aptLists = 'var/lib/apt/lists';

/**
An apt.conf with which `apt-get update` fetches only the release files, checks their signatures, and touches nothing of
the host's apt.

@param folder for its files, with `aptFolders` in it, sources.list in etc/apt, and an empty var/lib/dpkg/status.
*/
export function planReleaseConf(folder: string, arch: string, surroundings: AptSurroundings): string {
	return `Dir ${JSON.stringify(folder)};
Dir::Etc::Main "/dev/null";
Dir::Etc::Parts ${JSON.stringify(path.join(folder, 'etc/apt/apt.conf.d'))};
Dir::State::status ${JSON.stringify(path.join(folder, 'var/lib/dpkg/status'))};
APT::Architecture ${JSON.stringify(arch)};
APT::Architectures {${JSON.stringify(arch)};};
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Acquire::Retries "3";
Acquire::Languages "none";
Acquire::IndexTargets::deb::Packages::DefaultEnabled "false";
Acquire::IndexTargets::deb::Translations::DefaultEnabled "false";
${formatAptConf(surroundings)}`;
}

/** What apt and mmdebstrap see of the surroundings in their variables: proxies, whose passwords a command line would show. */
export function planProxyVariables({httpProxy, httpsProxy, noProxy}: AptSurroundings): Readonly<Record<string, string>> {
	const variables = {http_proxy: httpProxy, https_proxy: httpsProxy, no_proxy: noProxy};

	return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** What /etc/lsb-release says: LOCI reads the codename there. */
export const formatLsbRelease = (codename: string): string => `DISTRIB_ID=Debian\nDISTRIB_CODENAME=${codename}\n`;

/**
Gives a command a folder that is in memory and that nobody else sees: it ends with the mount namespace in which the
command must run. Unpacking there is two to three times as fast as on a disk, for dpkg waits for every file.
*/
export function planInMemory(argv: readonly string[], folder: string): readonly string[] {
	return ['sh', '-c', 'mount -t tmpfs -o mode=0755 tmpfs "$1" && shift && exec "$@"', 'sh', folder, ...argv];
}

/** Files of the host that mmdebstrap reads and writes. */
export type BootstrapFiles = {
	readonly tar: string;
	readonly lsbRelease: string;
	/** Gets dpkg's status file. */
	readonly status: string;
	/** Names of the release files, which are copied to the folder `releases`. */
	readonly releaseNames: readonly string[];
	readonly releases: string;
	readonly caFile?: string | undefined;
};

/**
mmdebstrap's command line. The hooks are its own special ones, which are no shell: paths with blanks or quotes must not
be among them.
*/
export function planBootstrap(inputs: BootstrapInputs, files: BootstrapFiles): readonly [string, ...string[]] {
	return [
		'mmdebstrap',
		'--variant=minbase',
		'--format=tar',
		`--architectures=${inputs.arch}`,
		...(inputs.packages.length === 0 ? [] : [`--include=${inputs.packages.join(',')}`]),
		...(files.caFile === undefined ? [] : [`--aptopt=Acquire::https::CAInfo "${files.caFile}"`, String.raw`--customize-hook=rm "$1/etc/apt/apt.conf.d/99mmdebstrap"`]),
		`--customize-hook=upload ${files.lsbRelease} /etc/lsb-release`,
		`--customize-hook=download /var/lib/dpkg/status ${files.status}`,
		...files.releaseNames.map(name => `--customize-hook=download /${aptLists}/${name} ${path.join(files.releases, name)}`),
		inputs.codename,
		files.tar,
		...inputs.sources,
	];
}
