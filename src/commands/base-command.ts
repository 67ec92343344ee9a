import path from 'node:path';
import {Command, Option} from 'clipanion';
import {BuildError} from '../errors.js';
import type {Effects} from '../loadbuild/index.js';
import {
	checkConfigFolder, readSettings, settingNames, settingTable, type ConfigFolders, type SettingName, type SettingOptions, type Settings,
} from '../workspace/index.js';
import type {Context} from './context.js';
import {one} from './shared-options.js';

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
			const {signal} = this.context;
			if (signal.aborted && !this.context.hasReader()) {
				return 130;
			}

			const shown = signal.aborted ? new BuildError('STX0003', 'interrupted', {hint: 'run the same command again: it goes on from there'}) : error;
			await this.printError(shown);
			return shown instanceof BuildError ? shown.exitCode : 1;
		}
	}

	/** Tells an error on standard error. */
	protected async printError(error: unknown): Promise<void> {
		// Loaded only now, like all that a command needs for its work: `--help` stays fast.
		const {renderError} = await import('../report/index.js');
		const {stderr, version, colorDepth} = this.context;
		stderr.write(renderError(error, {version, color: colorDepth > 1}));
	}

	/** Writes lines on standard output; none for an empty text. */
	protected print(text: string): void {
		this.context.stdout.write(text === '' || text.endsWith('\n') ? text : `${text}\n`);
	}

	protected printJson(value: unknown): void {
		this.print(JSON.stringify(value, undefined, 2));
	}
}

const values = {
	text: 'NAME', url: 'URL', file: 'FILE', folder: 'FOLDER', repository: 'URL|FOLDER', count: 'N', flag: '',
} as const;

/** An option of a setting. Its description begins with what stands for its value. */
function createOption(name: SettingName): unknown {
	const {option, aliases = [], kind, choices, meaning} = settingTable[name];
	const names = [option, ...aliases].join(',');
	return kind === 'flag'
		? Option.Boolean(names, {description: meaning})
		: Option.String(names, {description: `${kind === 'choice' ? 'NAME' : values[kind]}: ${meaning}${choices ? ` (${choices.join(', ')})` : ''}`});
}

/** The property of a command that holds the option of a setting: a name that no command gives to an option of its own. */
const propertyOf = (name: SettingName): string => `setting:${name}`;

/** A command that reads settings: every setting of the table is an option. */
export abstract class SettingsCommand extends BaseCommand {
	config = Option.String('--config', {description: 'FOLDER: the folder with your own build-config/ and wheels/ (default: the working folder)'});

	constructor() {
		super();
		// Clipanion looks for options among the properties of a command, and puts their values there.
		Object.assign(this, Object.fromEntries(settingNames.map(name => [propertyOf(name), createOption(name)])));
	}

	protected get folders(): ConfigFolders {
		const {surroundings, packageFolder} = this.context;
		const own = path.resolve(surroundings.workingFolder, one('--config', 'folder', this.config) ?? '.');
		return {roots: own === packageFolder ? [own] : [own, packageFolder]};
	}

	/** Does work that has effects. What shows the run is closed when it ends, however that is. @returns what the work gives */
	protected async withEffects<T>(settings: Settings, format: Parameters<Context['effects']>[1], work: (effects: Effects) => Promise<T>): Promise<T> {
		const effects = await this.context.effects(settings, format);
		try {
			return await work(effects);
		} finally {
			await effects.reporter.close();
		}
	}

	/** @throws BuildError with all that is wrong with the settings */
	protected async readSettings(): ReturnType<typeof readSettings> {
		const given = this as unknown as Readonly<Record<string, string | boolean | undefined>>;
		const options: SettingOptions = Object.fromEntries(settingNames.map(name => [name, given[propertyOf(name)]]));
		const {folders, context: {surroundings}} = this;
		if (this.config !== undefined) {
			await checkConfigFolder(folders.roots[0]!);
		}

		return readSettings(options, folders, surroundings);
	}
}
