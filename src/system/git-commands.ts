/** Git's command line: surroundings of our own, another attempt where that may help, and failures in words. */
import {BuildError, type SourceLocation} from '../errors.js';
import {maskSecrets} from '../mask-secrets.js';
import {createSurroundings, type GitNetwork} from './git-surroundings.js';
import type {RetryPolicy} from './http-retry.js';
import {pause} from './pause.js';
import type {Runner, RunResult} from './run.js';

type CommandOptions = {
	readonly signal?: AbortSignal | undefined;
	/** On standard input. */
	readonly input?: string;
	/** Whether much may have to come over the network. */
	readonly long?: boolean;
};

export type GitCommands = {
	/** @returns what git printed, whatever its exit code. */
	run(arguments_: readonly string[], options?: CommandOptions): Promise<RunResult>;
	/** @throws BuildError STX0911 when git fails. */
	runChecked(arguments_: readonly string[], options?: CommandOptions): Promise<string>;
	/** Runs a command that asks a host, again where that may help. @throws BuildError STX0003 when interrupted */
	ask(arguments_: readonly string[], options?: CommandOptions): Promise<RunResult>;
	/** The error for a host that gave nothing. */
	explain(url: string, result: RunResult, at: SourceLocation): BuildError;
};

export type GitCommandEffects = {
	readonly run: Runner;
	/** Folder for settings. */
	readonly folder: string;
	readonly network: GitNetwork;
	readonly retry: RetryPolicy;
};

/** Seconds after which a command of git counts as hanging. */
const [longestQuestion, longestFetch] = [120, 3600];

/** Failures that another attempt may be spared. */
const passing = /returned error: (?:408|429|5\d\d)|early EOF|hung up unexpectedly|Connection (?:reset|timed out)|RPC failed|Operation too slow/v;

export function createGitCommands({run, folder, network, retry}: GitCommandEffects): GitCommands {
	const surroundings = createSurroundings(run, network, folder);
	const runGit: GitCommands['run'] = async (arguments_, {signal, input, long = false} = {}) => run({
		argv: ['git', ...arguments_], cwd: folder, ...await surroundings(), ...(input !== undefined && {input}),
	}, {timeoutSeconds: long ? longestFetch : longestQuestion, ...(signal && {signal})});
	return {
		run: runGit,
		async runChecked(arguments_, options) {
			const {exitCode, stdout, stderr} = await runGit(arguments_, options);
			if (exitCode !== 0) {
				throw new BuildError('STX0911', `git failed: ${lastWords(stderr)}`);
			}

			return stdout;
		},
		async ask(arguments_, options = {}) {
			for (let attempt = 1; ; attempt += 1) {
				const result = await runGit(arguments_, options);
				if (result.exitCode === 0 || attempt > retry.limit || !passing.test(result.stderr)) {
					return result;
				}

				await pause(retry.delay(attempt) ?? 0, 'a git host', {signal: options.signal});
			}
		},
		explain: (url, {stderr, timedOut}, at) => explainFailure(url, {
			stderr, timedOut, offline: network.offline, at,
		}),
	};
}

/** What git said of its failure, without the names of the hosts' accounts. Its last words are the same for all. */
function lastWords(stderr: string): string {
	const said = stderr.split('\n').map(line => line.replace(/^(?:remote: )?(?:fatal|error|ERROR): /v, '').trim()).filter(line => line !== '' && !/^(?:Please make sure|and the repository exists|warning: )/v.test(line));
	return maskSecrets(said.findLast(line => !line.startsWith('Could not read from remote repository')) ?? said.at(-1) ?? 'it said nothing');
}

function explainFailure(url: string, {stderr, timedOut, offline, at}: {readonly stderr: string; readonly timedOut: boolean; readonly offline: boolean; readonly at: SourceLocation}): BuildError {
	const shown = maskSecrets(url);
	const places = {at: [at, {url: shown}].filter((place, index) => index === 0 || JSON.stringify(place) !== JSON.stringify(at))};
	if (offline && /transport '\w+' not allowed/v.test(stderr)) {
		return new BuildError('STX0306', `\`${shown}\` must be asked, and --offline is given`, {...places, hint: 'run once without --offline'});
	}

	const folder = /dubious ownership in repository at '(?<folder>[^']+)'/v.exec(stderr)?.groups?.folder;
	return new BuildError('STX0911', `\`${shown}\` cannot be fetched from: ${timedOut ? 'it does not answer' : lastWords(stderr)}`, {
		...places,
		hint: folder === undefined
			? `check the network, the proxies and --ca-bundle; a mirror takes its place with \`git config --global url.MIRROR.insteadOf ${originOf(shown)}\``
			: `it belongs to another user: \`git config --global --add safe.directory ${folder}\``,
	});
}

/** The part of a URL that a mirror usually takes the place of. */
const originOf = (url: string): string => /^[a-z]+:\/\/[^\/]*\//v.exec(url)?.[0] ?? url;
