import {Option} from 'clipanion';
import {SettingsCommand} from './base-command.js';
import {
	baseChoices, directiveFiles, directivesOf, extraFoldersOf, extraWheels, from,
} from './shared-options.js';

/** A command that says why something is made, from the lock and what else this machine has. */
export abstract class ExplainingCommand extends SettingsCommand {
	abstract name: string;
	directives = directiveFiles();
	extraWheels = extraWheels();
	from = from();
	base = Option.String('--base', {description: 'REFERENCE: the base image of the engine that is built on, instead of ours'});

	/** Whether images are known too, and not only wheels. */
	protected abstract readonly images: boolean;

	override async run(): Promise<number> {
		const {surroundings, version, stderr} = this.context;
		const directives = directivesOf(this.directives);
		const extraFolders = extraFoldersOf(this.extraWheels);
		const base = baseChoices(this);
		const {settings} = await this.readSettings();
		const {explain, explanationJson, formatExplanation} = await import('../loadbuild/index.js');
		const explanation = await this.withEffects(settings, 'people', async effects => explain({
			name: this.name,
			images: this.images,
			settings,
			folders: this.folders,
			workingFolder: surroundings.workingFolder,
			version,
			directiveFiles: directives,
			extraFolders,
			base,
		}, effects));
		if (this.json) {
			this.printJson(explanationJson(explanation));
		} else {
			this.print(formatExplanation(explanation));
		}

		stderr.write(explanation.notes.map(note => `note: ${note}\n`).join(''));
		return 0;
	}
}
