import {Option} from 'clipanion';
import {BuildError} from '../errors.js';
import type {
	Effects, Ended, LoadbuildRequest, Prepared,
} from '../loadbuild/index.js';
import {checkWorkspace, inspectWorkspace} from '../workspace/index.js';
import {SettingsCommand} from './base-command.js';
import {explainGiven, type GivenOptions} from './starlingx-options.js';

/** Options that several build commands share, each defined once. */
export const services = (meaning: string) => Option.Array('--service,--only', {description: `IMAGES: ${meaning} (repeatable)`});
export const skipped = () => Option.Array('--skip', {description: 'IMAGES: images to leave out: labels, projects or globs, comma-separated (repeatable)'});
export const directiveFiles = () => Option.Array('--directive', {description: 'FILE: a directive file of a service outside build-config (repeatable)'});
export const frozen = () => Option.Boolean('--frozen', false, {description: 'refuse to change the lock'});
export const fromSource = () => Option.String('--from-source', {description: 'WHEELS: what to build from its sdist though the index has a wheel: all, or names, comma-separated'});
export const fromIndex = () => Option.String('--from-index', {description: 'WHEELS: what to take from the index, where it has a wheel of the listed version, though the wheel list builds it: all, or names, comma-separated'});
export const allowUnusable = () => Option.Boolean('--allow-unusable', false, {description: 'go on without the lines of the wheel list that cannot be used, and name them'});
export const extraWheels = () => Option.Array('--extra-wheels-dir', {description: 'FOLDER: finished wheels that go into the tarball, in place of what else gives them (repeatable)'});
export const from = () => Option.String('--from', {description: 'REFERENCE: take the base image from a registry instead of making it from Debian packages'});
export const base = () => Option.String('--base', {description: 'REFERENCE: a base image to build on as it is, instead of ours: fetched, unless it is one of `localhost/`'});
export const noPullBase = () => Option.Boolean('-N,--no-pull-base', false, {description: 'with --base: take it as the engine has it'});
export const refresh = () => Option.Boolean('--refresh', false, {description: 'make the base image anew from today\'s Debian packages'});
export const push = () => Option.Boolean('--push', false, {description: 'push verified images to the registry'});
export const latest = () => Option.Boolean('--latest', false, {description: 'also give the latest tag'});
export const legacyOsLabel = () => Option.String('--os-label-legacy', {description: 'TEXT: also give tags of older releases\' form, with this in the place of the OS label (default: on for bullseye on amd64, as the OS)'});
export const clean = () => Option.Boolean('--clean', false, {description: 'with --push: remove the images from the engine afterwards'});
export const overwrite = () => Option.Boolean('--overwrite', false, {description: 'with --push: replace other images that have the versioned tags; by itself that is an error, and only latest tags move'});
export const wheelsTarball = () => Option.String('--wheels', {description: 'FILE|URL: wheels tarball to take every distribution from; the address of one ends in #sha256=<its digest>'});
export const imageVersion = () => Option.String('--version', {description: 'TEXT: version for the versioned tag (default: the time, as YYYY.MM.DD.HH.MM)'});

export const allowHostScripts = () => Option.Boolean('--allow-host-scripts', false, {description: 'run the scripts of the builder script on this machine itself, with all your rights here; by itself they run in a container'});

/** The words of a comma-separated list. */
export const words = (list: string | undefined): readonly string[] => (list ?? '').split(',').map(word => word.trim()).filter(word => word !== '');

/** What the options of a command say of the images that it is about. */
export const imageChoices = ({service, skip, directives}: Readonly<Record<'service' | 'skip' | 'directives', readonly string[] | undefined>>) => ({
	only: (service ?? []).flatMap(list => words(list)), skip: (skip ?? []).flatMap(list => words(list)), directiveFiles: directives ?? [],
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

	/** What this command was given of options that only StarlingX's tools need. */
	protected get given(): GivenOptions {
		return {};
	}

	override async run(): Promise<number> {
		const {surroundings, version} = this.context;
		const request = this.request();
		const idle = explainGiven(this.given);
		const {settings, sourced} = await this.readSettings();
		await (this.dryRun ? inspectWorkspace : checkWorkspace)(settings, sourced.workspace);

		const {prepareLoadbuild, executeLoadbuild} = await import('../loadbuild/index.js');
		const effects = await this.context.effects(settings, this.json && !this.dryRun ? 'json' : 'people');
		for (const message of idle) {
			effects.reporter.event({type: 'note', message});
		}

		const whole = {
			...request, settings, folders: this.folders, workingFolder: surroundings.workingFolder, version, dryRun: this.dryRun,
		};
		try {
			if (this.dryRun) {
				return await this.printPlan(whole, effects);
			}

			const prepared = await prepareLoadbuild(whole, effects);
			const ended = await executeLoadbuild(prepared, effects);
			await effects.reporter.close();
			await this.printSummary(ended, prepared);
			return ended.exitCode;
		} finally {
			await effects.reporter.close();
		}
	}

	/** Prints all of the plan that can be made, and what is wrong with the rest. @returns the exit code */
	private async printPlan(request: LoadbuildRequest, effects: Effects): Promise<number> {
		const {describeRequest, formatPlan} = await import('../loadbuild/index.js');
		const {problems, ...document} = await describeRequest(request, effects);
		await effects.reporter.close();
		const {errorJson, renderError} = await import('../report/index.js');
		if (this.json) {
			this.printJson({...document, problems: problems.map(problem => errorJson(problem))});
		} else {
			this.print(formatPlan(document));
		}

		if (problems.length === 0) {
			return 0;
		}

		this.context.stderr.write(renderError(problems.length === 1 ? problems[0]! : new BuildError('STX0002', `${problems.length} errors in the input`, {problems}), {version: this.context.version}));
		return 2;
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
