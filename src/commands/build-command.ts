import {Option} from 'clipanion';
import type {
	Effects, Ended, LoadbuildRequest, Prepared,
} from '../loadbuild/index.js';
import {checkWorkspace} from '../workspace/index.js';
import {SettingsCommand} from './base-command.js';

/** Options that several build commands share, each defined once. */
export const services = (meaning: string) => Option.String('--service,--only', {description: `IMAGES: ${meaning}`});
export const skipped = () => Option.String('--skip', {description: 'IMAGES: images to leave out: labels or globs, comma-separated'});
export const directiveFiles = () => Option.Array('--directive', {description: 'FILE: a directive file of a service outside build-config (repeatable)'});
export const frozen = () => Option.Boolean('--frozen', false, {description: 'refuse to change the lock'});
export const fromSource = () => Option.String('--from-source', {description: 'WHEELS: what to build from its sdist though the index has a wheel: all, or names, comma-separated'});
export const fromIndex = () => Option.String('--from-index', {description: 'WHEELS: what to take from the index, where it has a wheel of the listed version, though the wheel list builds it: all, or names, comma-separated'});
export const allowUnusable = () => Option.Boolean('--allow-unusable', false, {description: 'go on without the lines of the wheel list that cannot be used, and name them'});
export const extraWheels = () => Option.Array('--extra-wheels-dir', {description: 'FOLDER: finished wheels that go into the tarball, in place of what else gives them (repeatable)'});
export const from = () => Option.String('--from', {description: 'REFERENCE: take the base image from a registry instead of making it from Debian packages'});
export const refresh = () => Option.Boolean('--refresh', false, {description: 'make the base image anew from today\'s Debian packages'});
export const push = () => Option.Boolean('--push', false, {description: 'push verified images to the registry'});
export const latest = () => Option.Boolean('--latest', false, {description: 'also give the latest tag'});
export const imageVersion = () => Option.String('--version', {description: 'TEXT: version for the versioned tag (default: the time, as YYYY.MM.DD.HH.MM)'});

/** The words of a comma-separated list. */
export const words = (list: string | undefined): readonly string[] => (list ?? '').split(',').map(word => word.trim()).filter(word => word !== '');

/** What the options of a command say of the images that it is about. */
export const imageChoices = ({service, skip, directives}: {readonly service?: string | undefined; readonly skip?: string | undefined; readonly directives?: readonly string[] | undefined}) => ({
	only: words(service), skip: words(skip), directiveFiles: directives ?? [],
});

/** What the options of a command say of where its wheels come from. */
export const wheelChoices = ({fromSource, fromIndex, allowUnusable, extraWheels}: {
	readonly fromSource: string | undefined; readonly fromIndex: string | undefined; readonly allowUnusable: boolean; readonly extraWheels: readonly string[] | undefined;
}) => ({
	fromSource: words(fromSource), fromIndex: words(fromIndex), allowUnusable, extraFolders: extraWheels ?? [],
});

/** A command that plans work and does it, or prints the plan. */
export abstract class BuildCommand extends SettingsCommand {
	dryRun = Option.Boolean('--dry-run,-n', false, {description: 'print what would be done, and do nothing'});

	/** What this command asks for, besides the settings. */
	protected abstract request(): Omit<LoadbuildRequest, 'settings' | 'folders' | 'workingFolder' | 'version' | 'dryRun'>;

	override async run(): Promise<number> {
		const {surroundings, version} = this.context;
		const request = this.request();
		const {settings, sourced} = await this.readSettings();
		if (!this.dryRun) {
			await checkWorkspace(settings, sourced.workspace);
		}

		const {prepareLoadbuild, executeLoadbuild} = await import('../loadbuild/index.js');
		const effects = await this.context.effects(settings, this.json && !this.dryRun ? 'json' : 'people');
		try {
			const prepared = await prepareLoadbuild({
				...request, settings, folders: this.folders, workingFolder: surroundings.workingFolder, version, dryRun: this.dryRun,
			}, effects);
			if (this.dryRun) {
				await this.printPlan(prepared, effects);
				return 0;
			}

			const ended = await executeLoadbuild(prepared, effects);
			await effects.reporter.close();
			await this.printSummary(ended, prepared);
			return ended.exitCode;
		} finally {
			await effects.reporter.close();
		}
	}

	private async printPlan(prepared: Prepared, effects: Effects): Promise<void> {
		const {describePlan, formatPlan} = await import('../loadbuild/index.js');
		const document = await describePlan(prepared, effects);
		await effects.reporter.close();
		if (this.json) {
			this.printJson(document);
		} else {
			this.print(formatPlan(document));
		}
	}

	private async printSummary({outcomes, seconds}: Ended, {wheels}: Prepared): Promise<void> {
		const {listLeftOut} = await import('../loadbuild/index.js');
		const leftOut = listLeftOut(wheels);
		const {renderSummary, renderSummaryEvent} = await import('../report/index.js');
		const {stderr, colorDepth, version} = this.context;
		stderr.write(renderSummary(outcomes, {
			color: colorDepth > 1, seconds, version, leftOut,
		}));
		if (this.json) {
			this.print(renderSummaryEvent(outcomes, {seconds, leftOut}));
		}
	}
}
