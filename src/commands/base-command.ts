import path from 'node:path';
import {Command, Option, UsageError} from 'clipanion';
import {BuildError} from '../errors.js';
import {
	checkConfigFolder, readSettings, settingTable, type ConfigFolders, type SettingName, type SettingOptions,
} from '../workspace/index.js';
import type {Context} from './context.js';

/**
What all commands share. Clipanion writes errors on standard output and gives every failure exit code 1; here data
goes to standard output, everything else to standard error, and the exit code says which kind of failure it was.
*/
export abstract class BaseCommand extends Command<Context> {
	json = Option.Boolean('--json', false, {description: 'write JSON on standard output'});

	/** Whether this command runs until it is interrupted, so that this is its good end. */
	protected get endsWhenInterrupted(): boolean {
		return false;
	}

	/** The command's work. @returns the exit code */
	abstract run(): Promise<number>;

	override async execute(): Promise<number> {
		try {
			const code = await this.run();
			return this.context.signal.aborted && !this.endsWhenInterrupted ? 130 : code;
		} catch (error) {
			if (error instanceof UsageError) {
				this.context.stderr.write(this.cli.error(error, {command: this}));
				return 2;
			}

			// Loaded only now, like all that a command needs for its work: `--help` stays fast.
			const {renderError} = await import('../report/index.js');
			const {signal, version} = this.context;
			const shown = signal.aborted ? new BuildError('STX0003', 'interrupted', {hint: 'run the same command again: it goes on from there'}) : error;
			this.context.stderr.write(renderError(shown, {version}));
			return shown instanceof BuildError ? shown.exitCode : 1;
		}
	}

	/** Writes data on standard output. */
	protected print(text: string): void {
		this.context.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
	}

	protected printJson(value: unknown): void {
		this.print(JSON.stringify(value, undefined, 2));
	}
}

const values = {
	text: 'NAME', url: 'URL', file: 'FILE', folder: 'FOLDER', count: 'N', flag: '',
} as const;

/** An option of a setting. Its description begins with what stands for its value. */
const text = (name: SettingName, aliases = '') => {
	const {option, kind, choices, meaning} = settingTable[name];
	return Option.String(`${option}${aliases}`, {description: `${kind === 'choice' ? 'NAME' : values[kind]}: ${meaning}${choices ? ` (${choices.join(', ')})` : ''}`});
};

/** A command that reads settings: every setting is an option. */
export abstract class SettingsCommand extends BaseCommand {
	config = Option.String('--config', {description: 'FOLDER: the folder with your own build-config/ and wheels/ (default: the working folder)'});
	os = text('os');
	osCodename = text('codename');
	osArch = text('arch');
	stream = text('stream', ',--release');
	engine = text('engine');
	registry = text('registry');
	user = text('user');
	prefix = text('prefix');
	latestPrefix = text('latestPrefix');
	osLabel = text('osLabel');
	dialect = text('dialect');
	index = text('index');
	debianMirror = text('debianMirror');
	debianSecurityMirror = text('debianSecurityMirror');
	caBundle = text('caBundle');
	httpProxy = text('httpProxy', ',--http-proxy');
	httpsProxy = text('httpsProxy', ',--https-proxy');
	noProxy = text('noProxy', ',--no-proxy');
	workspace = text('workspace');
	repo = text('repo');
	cacheFolder = text('cache');
	jobs = text('jobs', ',-j');
	memory = text('memory');
	buildTimeout = text('buildTimeout');
	offline = Option.Boolean(settingTable.offline.option, {description: settingTable.offline.meaning});

	protected get folders(): ConfigFolders {
		const {surroundings, packageFolder} = this.context;
		const own = path.resolve(surroundings.workingFolder, this.config ?? '.');
		return {roots: own === packageFolder ? [own] : [own, packageFolder]};
	}

	/** @throws BuildError with all that is wrong with the settings */
	protected async readSettings(): ReturnType<typeof readSettings> {
		const options: SettingOptions = {
			os: this.os,
			codename: this.osCodename,
			arch: this.osArch,
			stream: this.stream,
			engine: this.engine,
			registry: this.registry,
			user: this.user,
			prefix: this.prefix,
			latestPrefix: this.latestPrefix,
			osLabel: this.osLabel,
			dialect: this.dialect,
			index: this.index,
			debianMirror: this.debianMirror,
			debianSecurityMirror: this.debianSecurityMirror,
			caBundle: this.caBundle,
			httpProxy: this.httpProxy,
			httpsProxy: this.httpsProxy,
			noProxy: this.noProxy,
			workspace: this.workspace,
			repo: this.repo,
			cache: this.cacheFolder,
			jobs: this.jobs,
			memory: this.memory,
			buildTimeout: this.buildTimeout,
			offline: this.offline,
		};
		const {folders, context: {surroundings}} = this;
		if (this.config !== undefined) {
			await checkConfigFolder(folders.roots[0]!);
		}

		return readSettings(options, folders, surroundings);
	}
}
