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
	/** What else packages come from, before Debian's; undefined where nothing does. */
	readonly repositories?: BootstrapRepositories | undefined;
};

/** Repositories besides Debian's: for this machine's apt, and as the image names them afterwards. */
export type BootstrapRepositories = {
	/** Lines of sources.list. */
	readonly sources: readonly string[];
	/** Texts of apt's files in the image, by their paths below /. */
	readonly files: Readonly<Record<string, string>>;
	/** The key that they are signed with, and where the image has it. */
	readonly key?: {readonly file: string; readonly place: string} | undefined;
};

/** Debian's keys: what is not signed with one of them is refused. */
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The time of what a mirror gives, where it gives what there was at one time, as https://snapshot.debian.org does. */
const snapshotOf = (mirror: string): string | undefined => /\/(?<snapshot>\d{8}T\d{6}Z)(?:\/|$)/v.exec(mirror)?.groups!.snapshot;

/** A suite of Debian, and the mirror that it is taken from. */
export type Suite = {
	readonly url: string;
	/** `trixie-security` */
	readonly name: string;
	/** The time of the snapshot, where the mirror gives one: `20260101T000000Z`. */
	readonly snapshot: string | undefined;
};

/**
The suites of a Debian release: the release, its updates, its security updates. A snapshot is taken without the updates,
as StarlingX takes it.

@param mirror the repository, and `securityMirror` the one of the security updates: URLs without a slash at the end.
*/
export function planSuites({codename, mirror, securityMirror}: {readonly codename: string; readonly mirror: string; readonly securityMirror: string}): readonly Suite[] {
	const suite = (url: string, name: string): Suite => ({url, name, snapshot: snapshotOf(url)});
	return [
		suite(mirror, codename),
		...(snapshotOf(mirror) === undefined ? [suite(mirror, `${codename}-updates`)] : []),
		suite(securityMirror, `${codename}-security`),
	];
}

/** Suites as lines of sources.list. The release files of a snapshot may be older than they say that they hold good for. */
export const formatSuites = (suites: readonly Suite[]): readonly string[] =>
	suites.map(({url, name, snapshot}) => `deb [signed-by=${keyring}${snapshot === undefined ? '' : ' check-valid-until=no'}] ${url} ${name} main`);

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
	/** Files of this machine that go into the image, by their paths there; those that apt must have from the start first. */
	readonly uploads?: ReadonlyArray<{readonly from: string; readonly to: string; readonly early: boolean}>;
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
		...(files.uploads ?? []).flatMap(({from, to, early}) => [...(early ? [`--setup-hook=upload ${from} ${to}`] : []), `--customize-hook=upload ${from} ${to}`]),
		`--customize-hook=upload ${files.lsbRelease} /etc/lsb-release`,
		`--customize-hook=download /var/lib/dpkg/status ${files.status}`,
		...files.releaseNames.map(name => `--customize-hook=download /${aptLists}/${name} ${path.join(files.releases, name)}`),
		inputs.codename,
		files.tar,
		...inputs.repositories?.sources ?? [],
		...inputs.sources,
	];
}
