import {Command, Option} from 'clipanion';
import {BuildError} from '../errors.js';
import {ChoosingCommand} from './choosing-command.js';
import {
	imageVersion, overwrite, refresh, words,
} from './shared-options.js';
import {
	cache, keepContainer, keepImage, osVersion, python2, type GivenOptions,
} from './starlingx-options.js';

export class WheelsCommand extends ChoosingCommand {
	static override readonly paths = [['wheels']];
	static override readonly usage = Command.Usage({
		category: 'Build',
		description: 'make the wheels tarball',
		details: 'Resolves the wheel list, the local modules and what the images need under the upper constraints, writes the lock, takes or builds each wheel, and puts them into one tarball. The images then take every Python distribution from it, and none from an index. What they need depends on the dialect: LOCI itself (pinned, current), which comes from its git host, or an installer of our own (builtin), which needs none.',
		examples: [
			['The wheels of one image', 'stx-build wheels --service keystone --dialect builtin'],
			['The same for LOCI, from its git host', 'stx-build wheels --service keystone'],
			['Of all configured images', 'stx-build wheels'],
			['Exactly what the lock says, or nothing', 'stx-build wheels --frozen'],
			['With two distributions built from source', 'stx-build wheels --from-source PyYAML,MarkupSafe'],
			['To a registry, as an image', 'stx-build wheels --registry registry.example.com:5000 --user starlingx --push'],
			['What would be done', 'stx-build wheels --dry-run'],
		],
	});

	override service = Option.Array('--service', {description: 'IMAGES: images whose needs count: labels or globs, comma-separated (default: all configured; repeatable)'});
	only = Option.String('--only', {description: 'WHEELS: make only these wheels, and no tarball: names, comma-separated'});
	refresh = refresh();
	push = Option.Boolean('--push', false, {description: 'push the tarball\'s content to the registry as an image, by its version and as latest'});
	imageVersion = imageVersion();
	noLatest = Option.Boolean('--no-latest', false, {description: 'with --push: leave the tag latest as it is'});
	overwrite = overwrite();
	clean = Option.Boolean('--clean', false, {description: 'with --push: remove the image from the engine afterwards'});

	cache = cache();
	keepImage = keepImage();
	keepContainer = keepContainer();
	osVersion = osVersion();
	python2 = python2();

	protected override get given(): GivenOptions {
		return {
			...this, pushing: {
				'--version': this.imageVersion !== undefined, '--no-latest': this.noLatest, '--overwrite': this.overwrite, '--clean': this.clean,
			},
		};
	}

	protected override request() {
		if (this.push && this.only !== undefined) {
			throw new BuildError('STX0001', '--only makes no tarball, and --push sends one', {hint: 'leave one of them out'});
		}

		const {select, wheels} = this.choices;
		return {
			parts: {wheels: true, base: false, images: false},
			select,
			wheels: {
				...wheels, only: words('--only', 'wheel', this.only),
				...(this.push && {
					push: {
						version: this.imageVersion, latest: !this.noLatest, overwrite: this.overwrite, clean: this.clean,
					},
				}),
			},
			base: {from: this.from, refresh: this.refresh},
		};
	}
}
