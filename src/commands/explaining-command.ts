import path from 'node:path';
import {SettingsCommand} from './base-command.js';
import {
	allowUnusable, directiveFiles, extraWheels, fromIndex, fromSource, frozen, wheelChoices,
} from './build-command.js';

/** A command that says why something is made. */
export abstract class ExplainingCommand extends SettingsCommand {
	abstract name: string;
	directives = directiveFiles();
	frozen = frozen();
	fromSource = fromSource();
	fromIndex = fromIndex();
	allowUnusable = allowUnusable();
	extraWheels = extraWheels();

	/** Whether images are known too, and not only wheels. */
	protected abstract readonly images: boolean;

	override async run(): Promise<number> {
		const {surroundings, version} = this.context;
		const {settings} = await this.readSettings();
		const {
			explain, explanationJson, formatExplanation, planned, prepareLoadbuild,
		} = await import('../loadbuild/index.js');
		const directiveFiles = (this.directives ?? []).map(file => path.resolve(surroundings.workingFolder, file));
		const effects = await this.context.effects(settings, 'people');
		try {
			const prepared = await prepareLoadbuild({
				settings,
				folders: this.folders,
				workingFolder: surroundings.workingFolder,
				version,
				dryRun: true,
				parts: {wheels: true, base: false, images: this.images},
				select: {only: await planned(this.name, settings, this.folders, directiveFiles), skip: [], directiveFiles},
				wheels: {
					frozen: this.frozen, ...wheelChoices(this),
				},
			}, effects);
			const explanation = await explain(this.name, prepared, effects);
			await effects.reporter.close();
			if (this.json) {
				this.printJson(explanationJson(explanation));
			} else {
				this.print(formatExplanation(explanation));
			}

			return 0;
		} finally {
			await effects.reporter.close();
		}
	}
}
