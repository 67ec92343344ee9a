import {Command, Option} from 'clipanion';
import {
	allowUnusable, BuildCommand, directiveFiles, extraWheels, from, fromIndex, fromSource, frozen, imageChoices, imageVersion, latest, push, services, skipped, wheelChoices,
} from './build-command.js';

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
			['To a registry', 'stx-build images --registry registry.example.com:5000 --user starlingx --push --latest'],
		],
	});

	service = services('images to make: labels or globs, comma-separated (default: all configured)');
	skip = skipped();
	directives = directiveFiles();
	wheels = Option.String('--wheels', {description: 'FILE: wheels tarball to take every distribution from'});
	base = Option.String('--base', {description: 'REFERENCE: a base image in the engine, instead of ours'});
	from = from();
	frozen = frozen();
	fromSource = fromSource();
	fromIndex = fromIndex();
	allowUnusable = allowUnusable();
	extraWheels = extraWheels();
	push = push();
	latest = latest();
	imageVersion = imageVersion();

	protected override request() {
		return {
			parts: {wheels: false, base: false, images: true},
			select: imageChoices(this),
			wheels: {
				file: this.wheels, frozen: this.frozen, ...wheelChoices(this),
			},
			base: {from: this.from, image: this.base},
			images: {push: this.push, latest: this.latest, version: this.imageVersion},
		};
	}
}
