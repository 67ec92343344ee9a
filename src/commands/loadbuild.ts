import {Command, Option} from 'clipanion';
import {BuildError} from '../errors.js';
import {ImageCommand} from './image-command.js';
import {refresh, words} from './shared-options.js';

const parts = ['wheels', 'base', 'images'] as const;

export class LoadbuildCommand extends ImageCommand {
	static override readonly paths = [['loadbuild']];
	static override readonly usage = Command.Usage({
		category: 'Build',
		description: 'make wheels, base image and service images in one plan',
		details: 'The optional step of a developer\'s build. What has not changed is not made again; one failure does not stop the rest; a killed run goes on where it was. The dialect says what puts a service into its image: LOCI itself (pinned, current), which comes from its git host, or an installer of our own (builtin), which needs none.',
		examples: [
			['One service, from nothing', 'stx-build loadbuild --service keystone --dialect builtin'],
			['The same with LOCI, from its git host', 'stx-build loadbuild --service keystone'],
			['All configured services', 'stx-build loadbuild'],
			['Without images', 'stx-build loadbuild --without images'],
			['The plan, for a script', 'stx-build loadbuild --dry-run --json'],
		],
	});

	without = Option.String('--without', {description: `LIST: parts that are not asked for by themselves; what the others need is made all the same (${parts.join(', ')})`});
	refresh = refresh();

	protected override request() {
		const without = words('--without', 'part', this.without);
		const unknown = without.filter(part => !(parts as readonly string[]).includes(part));
		if (unknown.length > 0) {
			throw new BuildError('STX0001', `a loadbuild has no part \`${unknown.join('`, `')}\``, {hint: `--without takes ${parts.join(', ')}`});
		}

		if (parts.every(part => without.includes(part))) {
			throw new BuildError('STX0001', `--without ${parts.join(',')} leaves nothing to do`, {hint: 'leave one of them out of the list'});
		}

		const {choices} = this;
		return {
			parts: {wheels: !without.includes('wheels'), base: !without.includes('base'), images: !without.includes('images')}, ...choices, base: {...choices.base, refresh: this.refresh},
		};
	}
}
