import {Command} from 'clipanion';
import {ImageCommand} from './image-command.js';
import {cache, wheelsPython2} from './starlingx-options.js';

export class ImagesCommand extends ImageCommand {
	static override readonly paths = [['images']];
	static override readonly usage = Command.Usage({
		category: 'Build',
		description: 'make service images and verify them',
		details: 'Each image takes its Python distributions from the wheels tarball alone, is started and checked, and gets its tag only then. Without --wheels the tarball of the workspace counts; where stx-build made it and it lacks what these images need, the missing wheels are made too. The dialect says what puts a service into its image: LOCI itself (pinned, current), which comes from its git host, or an installer of our own (builtin), which needs none.',
		examples: [
			['One image', 'stx-build images --service keystone --dialect builtin'],
			['The same with LOCI, from its git host', 'stx-build images --service keystone'],
			['Several, but one', 'stx-build images --service \'stx-*\' --skip glance'],
			['A service that is not in build-config', 'stx-build images --directive ./my-service.stable_docker_image'],
			['From a given wheels tarball', 'stx-build images --service placement --wheels ./stx-debian-stable-wheels.tar'],
			['Its build arguments and command line', 'stx-build images --service keystone --dialect builtin --dry-run'],
			['As StarlingX\'s build-stx-images.sh is called', 'stx-build images --os-codename trixie --base starlingx/stx-debian:trixie --only stx-nova,stx-aodh'],
			['To a registry', 'stx-build images --registry registry.example.com:5000 --user starlingx --push --latest'],
		],
	});

	cache = cache();
	wheelsPython2 = wheelsPython2();

	protected override request() {
		return {parts: {wheels: false, base: false, images: true}, ...this.choices};
	}
}
