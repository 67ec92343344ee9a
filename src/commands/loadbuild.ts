import {Command, Option} from 'clipanion';
import {BuildError} from '../errors.js';
import {
	allowHostScripts, allowUnusable, base, BuildCommand, clean, directiveFiles, extraWheels, from, fromIndex,
	fromSource, frozen, imageChoices, imageVersion, latest, legacyOsLabel, noPullBase, overwrite, push,
	refresh, services, skipped, wheelChoices, wheelsTarball, words,
} from './build-command.js';

const parts = ['wheels', 'base', 'images'] as const;

export class LoadbuildCommand extends BuildCommand {
	static override readonly paths = [['loadbuild']];
	static override readonly usage = Command.Usage({
		category: 'Build',
		description: 'make wheels, base image and service images in one plan',
		details: 'The optional step of a developer\'s build. What has not changed is not made again; one failure does not stop the rest; a killed run goes on where it was.',
		examples: [
			['One service, from nothing', 'stx-build loadbuild --service keystone'],
			['All configured services', 'stx-build loadbuild'],
			['Without images', 'stx-build loadbuild --without images'],
			['The plan, for a script', 'stx-build loadbuild --dry-run --json'],
		],
	});

	service = services('images to make, and whose needs count: labels or globs, comma-separated (default: all configured)');
	skip = skipped();
	directives = directiveFiles();
	without = Option.String('--without', {description: `LIST: parts to leave out (${parts.join(', ')})`});
	wheels = wheelsTarball();
	base = base();
	noPullBase = noPullBase();
	from = from();
	refresh = refresh();
	frozen = frozen();
	fromSource = fromSource();
	fromIndex = fromIndex();
	allowUnusable = allowUnusable();
	extraWheels = extraWheels();
	allowHostScripts = allowHostScripts();
	push = push();
	latest = latest();
	legacyOsLabel = legacyOsLabel();
	imageVersion = imageVersion();
	clean = clean();
	overwrite = overwrite();

	protected override request() {
		const without = words(this.without);
		const unknown = without.filter(part => !(parts as readonly string[]).includes(part));
		if (unknown.length > 0) {
			throw new BuildError('STX0001', `a loadbuild has no part \`${unknown.join('`, `')}\``, {hint: `--without takes ${parts.join(', ')}`});
		}

		return {
			parts: {wheels: !without.includes('wheels'), base: !without.includes('base'), images: !without.includes('images')},
			select: imageChoices(this),
			wheels: {
				file: this.wheels, frozen: this.frozen, ...wheelChoices(this),
			},
			base: {
				from: this.from, refresh: this.refresh, image: this.base, pull: !this.noPullBase,
			},
			images: {
				allowHostScripts: this.allowHostScripts, push: this.push, latest: this.latest, version: this.imageVersion, legacyOsLabel: this.legacyOsLabel,
				pushing: {clean: this.clean, overwrite: this.overwrite},
			},
		};
	}
}
