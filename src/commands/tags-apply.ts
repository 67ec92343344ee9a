import path from 'node:path';
import {Command, Option} from 'clipanion';
import type {Json} from '../plan/index.js';
import type {AppliedTag, PlannedTag} from '../tags/index.js';
import {SettingsCommand} from './base-command.js';
import {words} from './shared-options.js';

export class TagsApplyCommand extends SettingsCommand {
	static override readonly paths = [['tags', 'apply']];
	static override readonly usage = Command.Usage({
		category: 'Build',
		description: 'give images of a registry the tags that lists say',
		details: 'A list is YAML as in StarlingX\'s tag-management folder: `images:` with `name`, `src_build_tag`, `src_ref` and `tag` of each. No image is pulled: a tag is a manifest under another name, and only between registries do layers go through this machine. A tag that has the image is left alone, and one that has another image is an error. All images are tried, whatever fails; exit code 1 when any has failed. A dry run asks no registry.',
		examples: [
			['What would be done', 'stx-build tags apply image-tags-trixie.yaml --dry-run'],
			['As StarlingX\'s retag-images.sh', 'stx-build tags apply image-tags-bullseye.yaml image-tags-trixie.yaml'],
			['One image once more, whatever has its tag', 'stx-build tags apply image-tags-trixie.yaml --repush stx-snmp'],
			['From one registry to another', 'stx-build tags apply image-tags.yaml --source-registry build.example.com --registry registry.example.com'],
		],
	});

	files = Option.Rest({name: 'FILE', required: 1});
	dryRun = Option.Boolean('--dry-run,-n,--dryrun', false, {description: 'print what would be done, and ask no registry'});
	overwrite = Option.Boolean('--overwrite', false, {description: 'take tags away from other images that have them'});
	repush = Option.Array('--repush', {description: 'IMAGES: the same for these images: labels, comma-separated (repeatable)'});
	sourceRegistry = Option.String('--source-registry', {description: 'HOST: registry that has the images, where that is not the one in their names'});

	override async run(): Promise<number> {
		const repush = words('--repush', 'image', this.repush);
		const {settings, sourced} = await this.readSettings();
		const {applyTags, planTags, readTagLists} = await import('../tags/index.js');
		const entries = await readTagLists(this.files.map(file => path.resolve(this.context.surroundings.workingFolder, file)));
		const planned = planTags(entries, {
			// The names in a list are whole: the registry of the settings is for images that are built.
			registry: sourced.registry.origin === 'option' ? settings.registry : undefined,
			sourceRegistry: this.sourceRegistry,
			overwrite: this.overwrite ? 'all' : repush,
		});
		if (this.dryRun) {
			this.tellPlan(planned);
			return 0;
		}

		const {countOf, formatBytes} = await import('../report/index.js');
		const applied = await this.withEffects(settings, 'people', async effects => applyTags(planned, {registry: await effects.registry(), signal: this.context.signal}, item => {
			if (!this.json) {
				this.print(formatApplied(item, ({blobs, bytes}) => `${countOf(blobs, 'blob')}, ${formatBytes(bytes)} sent`));
			}
		}));
		await this.tellEnd(applied);
		return applied.some(({status}) => status === 'failed') ? 1 : 0;
	}

	private tellPlan(planned: readonly PlannedTag[]): void {
		if (this.json) {
			this.printJson({
				images: planned.map(({source, target, overwrite, at}) => ({
					source, target, overwrite, at,
				})),
			});
		} else {
			this.print(planned.map(({source, target}) => `${source} -> ${target}`).join('\n'));
		}
	}

	private async tellEnd(applied: readonly AppliedTag[]): Promise<void> {
		for (const {error} of applied.filter(item => item.error)) {
			await this.printError(error);
		}

		const counts = Object.fromEntries((['tagged', 'unchanged', 'failed'] as const).map(status => [status, applied.filter(item => item.status === status).length]));
		if (this.json) {
			const {errorJson} = await import('../report/index.js');
			this.printJson({images: applied.map(item => describeApplied(item, errorJson)), counts});
		} else {
			this.context.stderr.write(`${Object.entries(counts).map(([status, count]) => `${count} ${status}`).join(', ')}\n`);
		}
	}
}

function formatApplied({planned: {target}, status, digest, sent, note}: AppliedTag, formatSent: (sent: NonNullable<AppliedTag['sent']>) => string): string {
	const told = [status.padEnd(9), target, digest, sent && formatSent(sent), note && `(${note})`];
	return told.filter(part => part !== undefined).join('  ');
}

function describeApplied({planned: {source, target, at}, status, digest, sent, note, error}: AppliedTag, errorJson: (error: Error) => Json) {
	return {
		source, target, at, status, digest, sent, note, ...(error && {error: errorJson(error)}),
	};
}
