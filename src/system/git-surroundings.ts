/**
What git sees of its surroundings: of the user's settings those that say how a host is reached, and nothing that would
run a program of a repository or change what a tree holds.
*/
import {createHash} from 'node:crypto';
import path from 'node:path';
import {exists, makeFolder, writeWhole} from './files.js';
import type {Command, Runner} from './run.js';

export type GitNetwork = {
	readonly caBundle: string | undefined;
	readonly httpProxy: string | undefined;
	readonly httpsProxy: string | undefined;
	readonly noProxy: string | undefined;
	readonly offline: boolean;
};

/** Gives what each command of git gets. */
export type Surroundings = () => Promise<Pick<Command, 'env' | 'inherit'>>;

/** Settings of the user that count: mirrors, proxies, certificates, keys, and which folders of others he trusts. */
const kept = /^(?:url\..+\.insteadof|http\.(?!.*sslverify$).+|credential\..+|core\.(?:sshcommand|gitproxy)|ssh\..+|safe\.directory)$/v;

/** Ours, which count whatever the user has; those for uploads hold in repositories of this machine. */
const own = `[core]
	hooksPath = /dev/null
	fsmonitor = false
	attributesFile = /dev/null
	quotePath = false
[fetch]
	recurseSubmodules = false
[gc]
	auto = 0
[http]
	lowSpeedLimit = 1000
	lowSpeedTime = 60
[maintenance]
	auto = false
[protocol]
	version = 2
[tar]
	umask = 0022
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
`;

/** Variables that say where git has the user's settings, and ssh his keys. */
const places = ['XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM'];
const agent = ['SSH_AUTH_SOCK'];

/** @param folder for the settings file that is made of the user's. */
export function createSurroundings(run: Runner, network: GitNetwork, folder: string): Surroundings {
	let made: Promise<Pick<Command, 'env' | 'inherit'>> | undefined;
	const make = async (): Promise<Pick<Command, 'env' | 'inherit'>> => {
		await makeFolder(folder);
		const {stdout, exitCode} = await run({
			// No folder that may be inside a repository.
			argv: ['git', 'config', '--includes', '--null', '--list'], cwd: folder, env: {GIT_CEILING_DIRECTORIES: path.dirname(folder)}, inherit: places,
		});
		const settings = exitCode === 0 ? parseSettings(stdout) : [];
		const text = `${settings.filter(([key]) => kept.test(key)).map(([key, value]) => formatSetting(key, value)).join('')}${own}`;
		const file = path.join(folder, `config-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`);
		if (!await exists(file)) {
			// It may hold what a host is asked with.
			await writeWhole(file, text, 0o600);
		}

		const ssh = settings.findLast(([key]) => key === 'core.sshcommand')?.[1] ?? 'ssh';
		return {
			inherit: agent,
			env: {
				GIT_CONFIG_GLOBAL: file,
				GIT_CONFIG_NOSYSTEM: '1',
				GIT_ATTR_NOSYSTEM: '1',
				GIT_TERMINAL_PROMPT: '0',
				GIT_ALLOW_PROTOCOL: network.offline ? 'file' : 'http:https:ssh:git:file',
				GIT_SSH_COMMAND: `${ssh} -o BatchMode=yes -o ConnectTimeout=20`,
				// A local repository that is a partial clone itself fetches what it lacks.
				GIT_NO_LAZY_FETCH: '0',
				GIT_SSL_CAINFO: network.caBundle,
				http_proxy: network.httpProxy,
				https_proxy: network.httpsProxy,
				no_proxy: network.noProxy,
			},
		};
	};

	return async () => {
		made ??= make();
		return made;
	};
}

/**
A command of git that works in a folder of ours and asks nobody: nothing of the user's and the machine's settings and
attributes counts, and no repository that the folder may be in.

@param env more variables.
*/
export const commandInFolder = (folder: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): Command => ({
	argv: ['git', '-c', 'core.attributesFile=/dev/null', ...words],
	cwd: folder,
	env: {
		...env, GIT_CEILING_DIRECTORIES: path.dirname(folder), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_ATTR_NOSYSTEM: '1',
	},
});

/** Reads `git config --null --list`: keys in lower case but for the subsection, with their values. */
function parseSettings(text: string): ReadonlyArray<readonly [string, string]> {
	return text.split('\0').filter(record => record !== '').map(record => {
		const end = record.indexOf('\n');
		return end === -1 ? [record, 'true'] : [record.slice(0, end), record.slice(end + 1)];
	});
}

/** A setting as git's files have it. */
function formatSetting(key: string, value: string): string {
	const section = key.slice(0, key.indexOf('.'));
	const name = key.slice(key.lastIndexOf('.') + 1);
	const subsection = key.slice(section.length + 1, -name.length - 1);
	const quoted = (text: string): string => `"${text.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`).replaceAll('\n', String.raw`\n`)}"`;
	return `[${section}${subsection === '' ? '' : ` ${quoted(subsection)}`}]\n\t${name} = ${quoted(value)}\n`;
}
