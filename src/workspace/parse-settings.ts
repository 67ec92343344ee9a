/** Values and their origin: option > environment > file > default. Pure. */
import path from 'node:path';
import {BuildError, throwProblems, type SourceLocation} from '../errors.js';
import {isRepositoryUrl} from '../git-url.js';
import {maskAddress, maskSecrets} from '../mask-secrets.js';
import type {IniFile} from './parse-ini.js';
import {settingNames, settingTable, type SettingName} from './setting-table.js';
import type {Settings, Sourced} from './settings.js';

/** What is known of the machine and the user, where a default depends on it. */
export type Surroundings = {
	readonly workingFolder: string;
	readonly homeFolder: string;
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** Node's name of the architecture. */
	readonly machine: string;
	readonly processors: number;
	/** In GiB. */
	readonly memory: number;
};

export type SettingOptions = Readonly<Partial<Record<SettingName, string | boolean | undefined>>>;

type Value = string | number | boolean | undefined;

/**
Settings from all their places.

@param options what the command line gave.
@param files the settings files, the most specific first.
@returns the settings, and for each of them the value and where it came from.
@throws BuildError STX0001 for an option that is empty, STX0102 for an unknown key, STX0104 for a value a setting cannot take; all at once.
*/
export function parseSettings(options: SettingOptions, files: readonly IniFile[], surroundings: Surroundings): {settings: Settings; sourced: Readonly<Record<SettingName, Sourced>>} {
	const problems = files.flatMap(file => unknownKeys(file));
	const sourced: Partial<Record<SettingName, Sourced>> = {};
	for (const name of settingNames) {
		const found = lookUp(name, options, files, surroundings);
		if (found && isEmpty(name, found)) {
			problems.push(new BuildError('STX0001', `${found.from} is empty`, {hint: `give it a value, or leave ${found.from} out; a variable of your shell may be empty`}));
		} else if (found) {
			sourced[name] = {...found, value: convert(name, found, surroundings, problems)};
		}
	}

	const read = (name: SettingName): Value => sourced[name]?.value;
	for (const [name, value] of Object.entries(defaults(read, surroundings))) {
		sourced[name as SettingName] ??= {value, origin: 'default', from: 'default'};
	}

	throwProblems(problems);
	const complete = sourced as Record<SettingName, Sourced>;
	const settings = Object.fromEntries(settingNames.map(name => [name, complete[name].value])) as unknown as Settings;
	return {settings, sourced: complete};
}

type Found = {readonly value: Value; readonly origin: 'option' | 'environment' | 'file'; readonly from: string; readonly at?: SourceLocation; readonly folder: string};

function lookUp(setting: SettingName, options: SettingOptions, files: readonly IniFile[], {environment, workingFolder}: Surroundings): Found | undefined {
	const definition = settingTable[setting];
	const option = options[setting];
	if (option !== undefined) {
		return {
			value: option, origin: 'option', from: definition.option, folder: workingFolder,
		};
	}

	const variable = firstSet(definition.environment);
	if (variable) {
		return variable;
	}

	for (const file of files) {
		const entry = file.sections.get(definition.section)?.keys.get(definition.key);
		if (entry && entry.value !== '') {
			const at = {file: file.file, line: entry.line};
			// A path in a file is meant from the folder that holds build-config/.
			return {
				value: typeof entry.value === 'string' ? entry.value : entry.value.join(' '), origin: 'file', from: `${file.file}:${entry.line}`, at, folder: path.dirname(path.dirname(file.file)),
			};
		}
	}

	return firstSet(definition.defaultFrom);

	function firstSet(variables: readonly string[] | undefined): Found | undefined {
		const name = variables?.find(candidate => (environment[candidate] ?? '') !== '');
		return name === undefined
			? undefined
			: {
				value: environment[name], origin: 'environment', from: `$${name}`, folder: workingFolder,
			};
	}
}

function unknownKeys({file, sections}: IniFile): BuildError[] {
	const known = new Map<string, string[]>();
	for (const {section, key} of Object.values(settingTable)) {
		known.set(section, [...(known.get(section) ?? []), key]);
	}

	return [...sections].flatMap(([section, {line, keys}]) => {
		const allowed = known.get(section);
		if (!allowed && section !== '') {
			return [new BuildError('STX0102', `there are no settings in a section [${section}]`, {at: {file, line}, hint: `sections are ${[...known.keys()].map(name => `[${name}]`).join(', ')}`})];
		}

		return [...keys]
			.filter(([key]) => !allowed?.includes(key))
			.map(([key, entry]) => new BuildError('STX0102', section === '' ? `\`${key}\` stands before the first section` : `\`${key}\` is not a setting of [${section}]`, {at: {file, line: entry.line}, hint: allowed ? `[${section}] has ${allowed.join(', ')}` : `put it under one of ${[...known.keys()].map(name => `[${name}]`).join(', ')}`}));
	});
}

/** Whether an option says nothing: an empty path would stand for the working folder. */
const isEmpty = (name: SettingName, {value, origin}: Found): boolean => origin === 'option' && String(value).trim() === '' && settingTable[name].mayBeEmpty !== true;

/** The text of a setting as it may be shown. Addresses of hosts have no `@` of their own. */
export const maskSetting = (name: SettingName, text: string): string => settingTable[name].isHost ? maskAddress(text) : maskSecrets(text);

function convert(name: SettingName, found: Found, surroundings: Surroundings, problems: BuildError[]): Value {
	const {key, kind, choices, least = 1} = settingTable[name];
	const text = String(found.value);
	const refuse = (takes: string): Value => {
		problems.push(new BuildError('STX0104', `\`${key}\` cannot be \`${maskSetting(name, text)}\` (from ${found.from}): it takes ${takes}`, found.at ? {at: found.at} : {}));
		return undefined;
	};

	switch (kind) {
		case 'choice': {
			return choices!.includes(text) ? text : refuse(choices!.join(', '));
		}

		case 'count': {
			return /^\d{1,4}$/v.test(text) && Number(text) >= least ? Number(text) : refuse(`a whole number from ${least}`);
		}

		case 'flag': {
			return ['true', 'false', 'yes', 'no'].includes(text) ? text === 'true' || text === 'yes' : refuse('yes or no');
		}

		case 'url': {
			const url = URL.canParse(text) ? new URL(text) : undefined;
			return url && ['http:', 'https:'].includes(url.protocol) ? text.replace(/\/+$/v, '') : refuse('an http or https URL');
		}

		case 'repository': {
			return maskSecrets(text) === text ? (isRepositoryUrl(text) ? text : resolvePath(text, found, surroundings)) : refuse('a URL without user and password: git asks its credential helpers');
		}

		case 'file':
		case 'folder': {
			return resolvePath(text, found, surroundings);
		}

		case 'text': {
			return convertText(name, found, refuse);
		}
	}
}

/** A path that is meant from the folder of who wrote it; `~/` is the home folder. */
function resolvePath(text: string, {folder}: Found, {homeFolder}: Surroundings): string {
	return path.resolve(folder, text.startsWith('~/') ? path.join(homeFolder, text.slice(2)) : text);
}

function convertText(name: SettingName, {value, origin}: Found, refuse: (takes: string) => Value): Value {
	const {pattern, mayBeEmpty = false} = settingTable[name];
	const written = String(value);
	if (written === '' && mayBeEmpty) {
		return undefined;
	}

	// A login name is none that was chosen for images; StarlingX's tools take a registry with a slash at its end.
	const isLogin = (name === 'user' || name === 'localUser') && origin === 'environment';
	const text = isLogin ? fitName(written) : (name === 'registry' ? written.replace(/\/$/v, '') : written);
	return !pattern || pattern.matches.test(text) ? text : refuse(pattern.words);
}

/** A login name as registries take it in the name of an image: `DOM\\Joe Doe` is `dom-joe-doe`. */
function fitName(login: string): string {
	const plain = login.normalize('NFKD').replaceAll(/\p{M}/gv, '').toLowerCase();
	const words = plain.replaceAll(/[^a-z\d._\-]+/gv, '-').replaceAll(/[._\-]{2,}/gv, run => /^(?:__|-+)$/v.test(run) ? run : '-');
	return words.replaceAll(/^[._\-]+|[._\-]+$/gv, '') || nobody;
}

/** Who builds where nobody says who it is. */
const nobody = 'stx-build';

function defaults(read: (name: SettingName) => Value, {workingFolder, homeFolder, environment, machine, processors, memory}: Surroundings): Readonly<Record<SettingName, Value>> {
	const cacheHome = environment.XDG_CACHE_HOME ?? '';
	const os = read('os') ?? 'debian';
	const codename = read('codename') ?? 'trixie';
	const user = read('user') ?? nobody;
	const arch = read('arch') ?? (machine === 'arm64' ? 'arm64' : 'amd64');
	return {
		os,
		codename,
		arch,
		stream: 'stable',
		engine: 'auto',
		registry: undefined,
		insecureRegistries: undefined,
		user,
		localUser: user,
		prefix: 'dev',
		latestPrefix: undefined,
		osLabel: `${os}-${codename}-${arch}`,
		index: 'https://pypi.org/simple',
		debianMirror: 'http://deb.debian.org/debian',
		debianSecurityMirror: 'http://deb.debian.org/debian-security',
		repomgrUrl: undefined,
		repomgrOrigin: undefined,
		repoKey: undefined,
		trustRepos: false,
		caBundle: undefined,
		httpProxy: undefined,
		httpsProxy: undefined,
		noProxy: undefined,
		dialect: 'pinned',
		loci: 'https://opendev.org/openstack/loci',
		lociRef: undefined,
		workspace: path.join(workingFolder, 'workspace'),
		repo: undefined,
		cache: path.join(cacheHome === '' ? path.join(homeFolder, '.cache') : cacheHome, 'stx-build'),
		jobs: processors,
		// The rest is for everybody else on this machine.
		memory: Math.max(1, Math.floor(memory * 0.8)),
		buildTimeout: 120,
		attempts: 1,
		retryDelay: 30,
		offline: false,
	};
}
