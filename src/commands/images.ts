import {Command, Option} from 'clipanion';
import {
	allowHostScripts, allowUnusable, base, BuildCommand, clean, directiveFiles, extraWheels, from, fromIndex,
	fromSource, frozen, imageChoices, imageVersion, latest, legacyOsLabel, noPullBase, overwrite, push,
	services, skipped, wheelChoices, wheelsTarball,
} from './build-command.js';
import {cache, wheelsPython2, type GivenOptions} from './starlingx-options.js';

export class ImagesCommand extends BuildCommand {
	static override readonly paths = [['images']];
	static override readonly usage = Command.Usage({
		category: 'Build',
		description: 'make service images and verify them',
		details: 'Each image takes its Python distributions from the wheels tarball alone, is started and checked, and gets its tag only then. Without --wheels the tarball of the workspace counts; where stx-build made it and it lacks what these images need, the missing wheels are made too.',
		examples: [
			['One image', 'stx-build images --service keystone'],
			['Several, but one', 'stx-build images --service \'stx-*\' --skip glance'],
			['A service that is not in build-config', 'stx-build images --directive ./my-service.stable_docker_image'],
			['From a given wheels tarball', 'stx-build images --service placement --wheels ./stx-debian-stable-wheels.tar'],
			['Its build arguments and command line', 'stx-build images --service keystone --dry-run'],
			['As StarlingX\'s build-stx-images.sh is called', 'stx-build images --os-codename trixie --base starlingx/stx-debian:trixie --only stx-nova,stx-aodh'],
			['To a registry', 'stx-build images --registry registry.example.com:5000 --user starlingx --push --latest'],
		],
	});

	service = services('images to make: labels or globs, comma-separated (default: all configured)');
	skip = skipped();
	directives = directiveFiles();
	wheels = wheelsTarball();
	base = base();
	noPullBase = noPullBase();
	from = from();
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
	cache = cache();
	wheelsPython2 = wheelsPython2();

	protected override get given(): GivenOptions {
		return this;
	}

	protected override request() {
		return {
			parts: {wheels: false, base: false, images: true},
			select: imageChoices(this),
			wheels: {
				file: this.wheels, frozen: this.frozen, ...wheelChoices(this),
			},
			base: {from: this.from, image: this.base, pull: !this.noPullBase},
			images: {
				allowHostScripts: this.allowHostScripts, push: this.push, latest: this.latest, version: this.imageVersion, legacyOsLabel: this.legacyOsLabel,
				pushing: {clean: this.clean, overwrite: this.overwrite},
			},
		};
	}
}
