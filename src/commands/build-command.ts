import {Option} from 'clipanion';
import {throwProblems} from '../errors.js';
import type {
	Effects, Ended, LoadbuildRequest, Prepared,
} from '../loadbuild/index.js';
import {checkWorkspace, inspectWorkspace} from '../workspace/index.js';
import {SettingsCommand} from './base-command.js';
import {explainGiven, type GivenOptions} from './starlingx-options.js';

/** A command that plans work and does it, or prints the plan. */
export abstract class BuildCommand extends SettingsCommand {
	dryRun = Option.Boolean('--dry-run,-n', false, {description: 'print what would be done, and do nothing'});

	/** What this command asks for, besides the settings. */
	protected abstract request(): Omit<LoadbuildRequest, 'settings' | 'folders' | 'workingFolder' | 'version' | 'dryRun'>;

	/** What this command was given of options that only StarlingX's tools need. */
	protected get given(): GivenOptions {
		return {};
	}

	override async run(): Promise<number> {
		const {surroundings, version} = this.context;
		const request = this.request();
		const idle = explainGiven(this.given);
		const {settings, sourced} = await this.readSettings();
		await (this.dryRun ? inspectWorkspace : checkWorkspace)(settings, sourced);

		const {prepareLoadbuild, executeLoadbuild} = await import('../loadbuild/index.js');
		const whole = {
			...request, settings, folders: this.folders, workingFolder: surroundings.workingFolder, version, dryRun: this.dryRun,
		};
		return this.withEffects(settings, this.json && !this.dryRun ? 'json' : 'people', async effects => {
			for (const message of idle) {
				effects.reporter.event({type: 'note', message});
			}

			if (this.dryRun) {
				return this.printPlan(whole, effects);
			}

			const prepared = await prepareLoadbuild(whole, effects);
			const ended = await executeLoadbuild(prepared, effects);
			await effects.reporter.close();
			await this.printSummary(ended, prepared);
			return ended.exitCode;
		});
	}

	/**
	Prints all of the plan that can be made.

	@returns the exit code
	@throws BuildError with what is wrong with the rest
	*/
	private async printPlan(request: LoadbuildRequest, effects: Effects): Promise<number> {
		const {describeRequest, formatPlan} = await import('../loadbuild/index.js');
		const {problems, ...document} = await describeRequest(request, effects);
		await effects.reporter.close();
		if (this.json) {
			const {errorJson} = await import('../report/index.js');
			this.printJson({...document, problems: problems.map(problem => errorJson(problem))});
		} else {
			this.print(formatPlan(document));
		}

		// A real run ends with these errors, and with this exit code.
		throwProblems(problems);
		return 0;
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
