import path from 'node:path';
import {Command, Option} from 'clipanion';
import {BuildError} from '../errors.js';
import type {UpdateAsked} from '../images/index.js';
import type {Ended, PreparedUpdate, UpdateRequest} from '../loadbuild/index.js';
import {checkWorkspace, inspectWorkspace} from '../workspace/index.js';
import {SettingsCommand} from './base-command.js';
import {each, one, overwrite} from './shared-options.js';

export class UpdateCommand extends SettingsCommand {
	static override readonly paths = [['update']];
	static override readonly usage = Command.Usage({
		category: 'Build',
		description: 'make a new image of an existing one, with some of its parts replaced',
		details: 'As StarlingX\'s update-stx-image.sh: Debian packages, wheels, Python modules and a customization script are put into an image in one build. Modules are built as all wheels are; pip installs wheels and asks no index; entry point, command and user stay as they are, and what was installed is looked for afterwards. A tag that ends in `.N` gets the next number. Files may be named with wildcards in quotes; an address of a file ends in #sha256=<its digest>. What options say counts before what --file says; lists are put together.',
		examples: [
			['A wheel', 'stx-build update --from starlingx/stx-nova:master-20260714T041000Z.0 --wheel ./nova-31.0.1-py3-none-any.whl'],
			['A module of a checkout', 'stx-build update --from starlingx/stx-fm-rest-api:stable.0 --module-src \'fm-api/source|1.0.1\''],
			['A module of a branch', 'stx-build update --from starlingx/stx-nova:stable.0 --module-src \'https://example.com/nova|main|1.0\''],
			['What a file says, to a registry', 'stx-build update --file fixes.update --registry registry.example.com:5000 --user starlingx --push'],
			['What would be done', 'stx-build update --file fixes.update --dry-run'],
		],
	});

	file = Option.String('--file', {description: 'FILE: an update file of StarlingX: FROM, WHEELS, MODULE_SRC, DIST_PACKAGES, CUSTOMIZATION_SCRIPT, EXTRA_FILES, IMAGE_UPDATE_VER'});
	from = Option.String('--from', {description: 'REFERENCE: the image to update'});
	updateVersion = Option.String('--version', {description: 'N: number of the update, in the place of the one that the tag ends in (default: the next one)'});
	wheels = Option.Array('--wheel', {description: 'FILE: a wheel (repeatable)'});
	modules = Option.Array('--module-src', {description: 'SOURCE: a Python module: FOLDER, FOLDER|VERSION, or URL|BRANCH|VERSION (repeatable)'});
	packages = Option.Array('--pkg', {description: 'FILE: a Debian package (repeatable)'});
	customize = Option.String('--customize', {description: 'FILE: a bash script that is run in the image, as root'});
	extras = Option.Array('--extra', {description: 'FILE: a file that the script finds in /image-update/extras (repeatable)'});
	updateId = Option.String('--update-id', 'unnamed-update', {description: 'NAME: folder of the results, below std/update-images of the workspace'});
	push = Option.Boolean('--push', false, {description: 'push the updated image when it is verified'});
	overwrite = overwrite('the tag; by itself that is an error');
	clean = Option.Boolean('--clean', false, {description: 'with --push: remove the updated image and the one it was pulled for from the engine afterwards'});
	dryRun = Option.Boolean('--dry-run,-n', false, {description: 'print what would be done, and do nothing'});

	override async run(): Promise<number> {
		const request = await this.readRequest();
		const {executeLoadbuild, prepareUpdate} = await import('../loadbuild/index.js');
		return this.withEffects(request.settings, this.json && !this.dryRun ? 'json' : 'people', async effects => {
			const prepared = await prepareUpdate(request, effects);
			if (this.dryRun) {
				await effects.reporter.close();
				this.tellPlan(prepared, request);
				return 0;
			}

			const ended = await executeLoadbuild(prepared, effects);
			await effects.reporter.close();
			await this.tellEnd(ended, prepared);
			return ended.exitCode;
		});
	}

	private async readRequest(): Promise<UpdateRequest> {
		if (!this.push && (this.overwrite || this.clean)) {
			throw new BuildError('STX0001', '--overwrite and --clean say how to push, and nothing is pushed', {hint: 'add --push'});
		}

		if (!/^\w[\w.\-]*$/v.test(this.updateId)) {
			throw new BuildError('STX0001', `--update-id cannot be \`${this.updateId}\``, {hint: 'it is the name of a folder: letters, digits, `.`, `_` and `-`'});
		}

		const {settings, sourced} = await this.readSettings();
		await (this.dryRun ? inspectWorkspace : checkWorkspace)(settings, sourced);
		return {
			settings,
			folders: this.folders,
			version: this.context.version,
			dryRun: this.dryRun,
			asked: await this.readAsked(),
			id: this.updateId,
			// Where neither is given the updated image is beside the one that it is made of.
			registry: sourced.registry.origin === 'option' ? settings.registry : undefined,
			user: sourced.user.origin === 'option' ? settings.user : undefined,
			push: this.push,
			pushing: {overwrite: this.overwrite, clean: this.clean},
		};
	}

	/** What the options say, with what the file says where they are silent. */
	private async readAsked(): Promise<UpdateAsked> {
		if (this.updateVersion !== undefined && !/^\d{1,9}$/v.test(this.updateVersion)) {
			throw new BuildError('STX0001', `--version cannot be \`${this.updateVersion}\``, {hint: 'it is the number of the update, as in the tag `…-20260714T041000Z.1`'});
		}

		const folder = this.context.surroundings.workingFolder;
		const [{parseUpdateFile}, {readText}] = await Promise.all([import('../images/index.js'), import('../system/index.js')]);
		const given = one('--file', 'file', this.file);
		const file = given === undefined ? undefined : path.resolve(folder, given);
		const said = file === undefined ? undefined : parseUpdateFile(await readText(file), file);
		const named = (option: string, thing: string, given: readonly string[] | undefined) => each(option, thing, given).map(text => ({text, folder}));
		const [customize] = named('--customize', 'file', this.customize === undefined ? undefined : [this.customize]);
		return {
			from: this.from ?? said?.from,
			updateVersion: this.updateVersion === undefined ? said?.updateVersion : Number(this.updateVersion),
			customize: customize ?? said?.customize,
			wheels: [...said?.wheels ?? [], ...named('--wheel', 'file', this.wheels)],
			packages: [...said?.packages ?? [], ...named('--pkg', 'file', this.packages)],
			modules: [...said?.modules ?? [], ...named('--module-src', 'source', this.modules)],
			extras: [...said?.extras ?? [], ...named('--extra', 'file', this.extras)],
		};
	}

	private tellPlan({name: {reference}, plan: {steps}}: PreparedUpdate, {asked: {from}}: UpdateRequest): void {
		if (this.json) {
			this.printJson({
				from, reference, steps: steps.map(({id, kind, title, needs, key, inputs}) => ({
					id, kind, title, needs, key, inputs,
				})),
			});
			return;
		}

		const width = Math.min(40, Math.max(...steps.map(({id}) => id.length)));
		this.print([`${from} -> ${reference}`, '', `${steps.length} steps; those whose results hold are not done again:`, ...steps.map(({id, title}) => `  ${id.padEnd(width)}  ${title}`)].join('\n'));
	}

	private async tellEnd({outcomes, seconds}: Ended, {name: {reference}}: PreparedUpdate): Promise<void> {
		const {renderSummary, renderSummaryEvent} = await import('../report/index.js');
		const {stderr, colorDepth, version} = this.context;
		stderr.write(renderSummary(outcomes, {color: colorDepth > 1, seconds, version}));
		if (this.json) {
			this.print(renderSummaryEvent(outcomes, {seconds}));
		} else if (outcomes.every(({status}) => status === 'built' || status === 'unchanged')) {
			this.print(reference);
		}
	}
}
