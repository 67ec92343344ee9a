import {Command, Option} from 'clipanion';
import {ChoosingCommand} from './choosing-command.js';
import {baseChoices, one} from './shared-options.js';

export class WheelsCheckCommand extends ChoosingCommand {
	static override readonly paths = [['wheels', 'check']];
	static override readonly usage = Command.Usage({
		category: 'Build',
		description: 'prove that images find all they need in the wheels',
		details: 'For each image, the pip of the base image installs what the image asks for from its wheels, under their constraints, with no index and no network. Where it cannot, the chain of requirements to what lacks is named. Without --wheels the tarball of the workspace counts, and what it lacks is made first. A check whose wheels and base image are as they were is not made again.',
		examples: [
			['All configured images', 'stx-build wheels check'],
			['One of them', 'stx-build wheels check --service keystone'],
			['A tarball that somebody else made', 'stx-build wheels check --wheels ./stx-debian-stable-wheels.tar'],
		],
	});

	wheels = Option.String('--wheels', {description: 'FILE: wheels tarball to check'});
	base = Option.String('--base', {description: 'REFERENCE: a base image in the engine, instead of ours'});

	protected override request() {
		const {select, wheels} = this.choices;
		return {
			parts: {
				wheels: false, base: false, images: false, checks: true,
			},
			select,
			wheels: {...wheels, file: one('--wheels', 'tarball', this.wheels)},
			base: baseChoices(this),
		};
	}
}
